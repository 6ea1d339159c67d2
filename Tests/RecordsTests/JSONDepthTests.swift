import Foundation
import Records
import Testing

@Suite("The depth of JSON values")
struct JSONDepthTests {
  /// The decoder alone takes seconds and hundreds of megabytes for a kilobyte of brackets.
  @Test("values nested deeper than any record are refused", arguments: ["[", #"{"a":"#])
  func depth(opening: String) throws {
    func decode(_ depth: Int) throws -> JSONValue {
      let closing = opening == "[" ? "]" : "}"
      let text = String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
      return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }
    #expect(throws: DecodingError.self) { try decode(33) }
    var value = try decode(32)
    for _ in 0..<32 {
      switch value {
      case .array(let elements): value = try #require(elements.first)
      case .object(let members): value = try #require(members["a"])
      default: Issue.record("\(value) is no container")
      }
    }
    #expect(value == 1)
  }
}
