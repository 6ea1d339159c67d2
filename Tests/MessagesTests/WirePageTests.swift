import Foundation
import Messages
import Parameters
import TestSupport
import Testing

/// Other programs are written from docs/wire.md: its numbers are those of the schema and of the code.
@Suite("docs/wire.md") struct WirePageTests {
  private static let page = "docs/wire.md"

  /// Numbers and names of the page's table under `header`.
  private func numbered(_ header: String) throws -> [String: Int] {
    let rows = try PageTable.rows(of: Self.page, under: header)
    return try Dictionary(
      rows.map { ($0[1], try #require(Int($0[0]), "\($0)")) }, uniquingKeysWith: { first, _ in first })
  }

  /// What a block of a .proto file numbers: `NAME = 3;`.
  ///
  /// - Parameter beginning: the line that the block begins with.
  private func schema(_ file: String, _ beginning: String, dropping prefix: String = "") throws -> [String: Int] {
    let lines = try Repository.text("proto/tare/v1/\(file).proto").split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { $0.contains(beginning) })
    var numbers: [String: Int] = [:]
    for line in lines[(start + 1)...] {
      if line.contains("}") { break }
      guard let match = line.firstMatch(of: #/^\s*(?:\w+ )?(\w+) = (\d+);/#) else { continue }
      numbers[String(match.1.dropFirst(match.1.hasPrefix(prefix) ? prefix.count : 0))] = Int(match.2)
    }
    numbers["UNSPECIFIED"] = nil
    return numbers
  }

  @Test("lists every message under the number of the schema")
  func messages() throws {
    let table = try numbered("number of the body")
    #expect(try table == schema("envelope", "oneof body {"))
  }

  @Test(
    "gives every message the number that the program writes", arguments: Samples.messages)
  func encoded(name: String, message: Message) throws {
    let table = try numbered("number of the body")
    let field = String(
      (name.firstRange(of: " with").map { name[..<$0.lowerBound] } ?? name[...]).map { $0 == " " ? "_" : $0 })
    let number = try #require(table[field], "\(field)")
    let header = try Samples.envelope(message).encoded()
    // Behind version, session and generation: 2 + 9 + 2 bytes.
    var (tag, shift) = (0, 0)
    for byte in header[13...] {
      tag |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { break }
    }
    #expect(tag >> 3 == number && tag & 7 == 2, "\(field)")
  }

  @Test("lists element types and answers under the numbers of the schema")
  func enumerations() throws {
    let elements = try schema("tensor", "enum ElementType {", dropping: "ELEMENT_TYPE_")
    #expect(try numbered("element type") == elements)
    #expect(try numbered("kind of answer") == schema("data", "enum Kind {", dropping: "KIND_"))
  }

  @Test("names the version of the protocol, in the text and in the client's code")
  func version() throws {
    let page = try Repository.text(Self.page)
    #expect(page.contains("protocol version \(Envelope.protocolVersion)."))
    #expect(page.contains("vectors/\(Envelope.protocolVersion)/frames.json"))
    let client = try Repository.text("cluster/python/wire.py")
    #expect(client.contains("\nPROTOCOL_VERSION = \(Envelope.protocolVersion)\n"))
  }

  @Test("gives the limits of the code")
  func limits() throws {
    let limits = [
      "first frame": Limits.header, "spec_json": Limits.spec, "sentence": Limits.sentence,
      "name, hash, fingerprint, endpoint": Limits.name, "list of nodes or endpoints": Limits.list,
      "squares of a push": Limits.filters, "microbatches in hand": Limits.microbatches,
      "rank, count of members, threads": Limits.members,
    ]
    let rows = try PageTable.rows(of: Self.page, under: "limit")
    #expect(rows.count == limits.count)
    for row in rows {
      let number = Int(row[1].filter { $0 != "," })
      #expect(number == limits[row[0]], "\(row)")
    }
  }
}
