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
  func applied(to text: String) -> String {
    text.replacingOccurrences(of: member(Self.none), with: member(SHA256.hash(text.utf8).hexadecimal))
  }

  /// Whether `hash` matches the bytes.
  func fits(_ bytes: [UInt8], _ hash: String) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    let plain = text.replacingOccurrences(of: member(hash), with: member(Self.none))
    return SHA256.hash(plain.utf8).hexadecimal == hash
  }

  private func member(_ hash: String) -> String { "\"\(key)\" : \"\(hash)\"" }
}
