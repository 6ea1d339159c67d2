import Foundation
import Records
import Testing

@Suite("Encoding into JSON values")
struct JSONValueEncodingTests {
  private enum Kind: String, Codable { case small, large }

  private enum Choice: Codable {
    case none
    case of(Int, name: String)
  }

  private struct Inner: Codable {
    var text = "\"\\\n\u{1}η\u{1F600}"
    var empty: [Int] = []
    var none: Int?
    var nested: [[Double?]] = [[0.1, nil], []]
    var kinds: [String: Kind] = ["a": .small, "b": .large]
    var numbered: [Int: Bool] = [2: true]
    var choices: [Choice] = [.none, .of(3, name: "three")]
  }

  /// Asks for a nested container twice, as a spec does, and for one that stays empty.
  private struct Dotted: Encodable {
    enum Key: String, CodingKey { case a, b, c, d }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      var first = container.nestedContainer(keyedBy: Key.self, forKey: .a)
      try first.encode(1, forKey: .b)
      var second = container.nestedContainer(keyedBy: Key.self, forKey: .a)
      try second.encodeNil(forKey: .c)
      _ = container.nestedUnkeyedContainer(forKey: .d)
      _ = container.nestedContainer(keyedBy: Key.self, forKey: .c)
    }
  }

  private struct Values: Encodable {
    var integers: [Int] = [0, -1, .max, .min]
    var small: Int8 = -128
    var large: [UInt64] = [1, .max]
    var numbers: [Double] = [
      0, -0.0, 1, -2.5, 0.1, 1e16, 1e-300, 1e20, 1.797e308, 9_007_199_254_740_994, 1 / 3,
      .leastNonzeroMagnitude, 123_456_789.25,
    ]
    var floats: [Float] = [0.1, 1, 1e10, 3.4e38, 1 / 3]
    var flags = [true, false]
    var date = Date(timeIntervalSinceReferenceDate: 0.5)
    var url = URL(string: "http://a/b?c=d")
    var inner = Inner()
    var dotted = Dotted()
    var value: JSONValue = ["a": [1, 2.5, nil, true, "t"], "b": .number(.infinity), "c": .number(3)]
  }

  @Test("a value becomes what its JSON text is read as")
  func text() throws {
    func check(_ value: some Encodable) throws {
      let read = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
      #expect(try JSONValue(encoding: value) == read)
    }
    try check(Values())
    try check([Values(), Values()])
    try check("text")
    try check(7)
    try check([String: Int]())
  }

  @Test("a number that is not finite has no form", arguments: [Double.nan, .infinity, -.infinity])
  func refused(number: Double) {
    #expect(throws: EncodingError.self) { try JSONValue(encoding: [number]) }
    #expect(throws: EncodingError.self) { try JSONValue(encoding: ["a": Float(number)]) }
  }
}
