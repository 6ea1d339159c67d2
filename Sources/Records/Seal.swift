import Foundation
import OpenSSL
import Parameters

/// A checksum inside a JSON file: one member is the SHA-256 of the file's own text, with zeros in place of the hash.
struct Seal {
  /// The name of the member.
  let key: String

  /// Takes the place of the hash while it is computed.
  static let none = String(repeating: "0", count: 64)

  /// The text with the hash filled in.
  ///
  /// - Parameter text: with `none` as the member's value, as `JSONEncoder` prints it.
  func applied(to text: [UInt8]) -> [UInt8] {
    Self.replacing(member(Self.none), by: member(SHA256.hash(text).hexadecimal), in: text)
  }

  /// Whether `hash` matches the bytes.
  func fits(_ bytes: [UInt8], _ hash: String) -> Bool {
    hash.utf8.count == Self.none.utf8.count
      && SHA256.hash(Self.replacing(member(hash), by: member(Self.none), in: bytes)).hexadecimal == hash
  }

  private func member(_ hash: String) -> [UInt8] { Array("\"\(key)\" : \"\(hash)\"".utf8) }

  /// - Precondition: both have the same length.
  private static func replacing(_ old: [UInt8], by new: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    precondition(old.count == new.count, "a hash in place of another")
    var bytes = bytes
    var index = 0
    while index <= bytes.count - old.count {
      guard bytes[index] == old[0], bytes[index..<index + old.count].elementsEqual(old) else {
        index += 1
        continue
      }
      bytes.replaceSubrange(index..<index + old.count, with: new)
      index += old.count
    }
    return bytes
  }
}
