import Foundation
import Messages
import Parameters
import TestSupport
import Testing

/// Programs of several versions meet: within a version of the protocol they understand each other, and beyond it they notice.
@Suite("Versions of the protocol") struct VersionTests {
  private static let folder = DocumentedCommand.repository.appending(path: "cluster/python/vectors")

  private struct Frame: Decodable { let header: String }

  /// The versions of which messages are recorded.
  private static var recorded: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  @Test("fields that a newer program adds are ignored, in the envelope and in every body", arguments: Samples.messages)
  func unknownFields(name: String, message: Message) throws {
    let header = try Samples.envelope(message).encoded()
    // Field 1000, a number and then three bytes.
    let unknown: [UInt8] = [0xC0, 0x3E, 7, 0xC2, 0x3E, 3, 1, 2, 3]
    #expect(try decode(header + unknown, message) == Samples.envelope(message))
    // Behind version, session and generation, the body's tag and length.
    var rest = header[13...]
    let tag = varint(&rest), length = varint(&rest)
    try #require(rest.count == length)
    let longer = header[..<13] + bytes(tag) + bytes(length + unknown.count) + rest + unknown
    #expect(try decode(Array(longer), message) == Samples.envelope(message))
  }

  private func decode(_ header: [UInt8], _ message: Message) throws -> Envelope {
    try Samples.decode(header, payloadByteCount: message.tensor?.byteCount)
  }

  private func varint(_ bytes: inout ArraySlice<UInt8>) -> Int {
    var (value, shift) = (0, 0)
    while let byte = bytes.popFirst() {
      value |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { break }
    }
    return value
  }

  private func bytes(_ value: Int) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F | 0x80)] + bytes(value >> 7)
  }

  @Test("messages are recorded of this version")
  func current() { #expect(Self.recorded.contains("\(Envelope.protocolVersion)")) }

  @Test("recorded messages of this version are taken, and those of every other one name theirs", arguments: recorded)
  func frames(folder: String) throws {
    let version = try #require(UInt32(folder), "a folder of vectors is named after a version of the protocol")
    let text = try Repository.text("cluster/python/vectors/\(folder)/frames.json")
    let frames = try JSONDecoder().decode([String: Frame].self, from: Data(text.utf8))
    #expect(frames.count > 40)
    for (name, frame) in frames {
      let header = try #require([UInt8](hexadecimal: frame.header), "\(name)")
      let error = #expect(throws: MessageError.self, "\(name)") { try Samples.decode(header, payloadByteCount: -1) }
      if version == Envelope.protocolVersion {
        // Everything but the payload, which is not recorded.
        #expect(error?.description.contains("payload") == true, "\(name): \(error.map { "\($0)" } ?? "")")
      } else {
        #expect(error == .wrongVersion(version), "\(name)")
      }
    }
  }
}
