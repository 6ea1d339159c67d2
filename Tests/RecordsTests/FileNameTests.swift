import Records
import Testing

@Suite("File names")
struct FileNameTests {
  @Test("a short text of letters and digits is its own name")
  func plain() {
    #expect(FileName.names(for: ["error Nesterov, coupled decay"]) == ["error-nesterov-coupled-decay"])
    #expect(FileName.names(for: ["map adam", "map sgd"]) == ["map-adam", "map-sgd"])
  }

  private static let hostile =
    [
      "", ".", "..", "/", "../../etc/passwd", ".hidden", "a/b", "a\u{0}b", "a\u{1B}[2Jb", "a\nb", "-rf", "λ_d 0", "é",
      "é",
    ]
    + [
      "CON", "con", "Con ", "a b", "a  b", "a-b", "a_b", "same", "same", "same-2", "🙂",
      String(repeating: "x", count: 300),
    ]
    + [100, 119, 120, 121, 122, 5000].map { String(repeating: "condition ", count: $0 / 10) + String($0) }
    + [
      String(repeating: "λ", count: 200), String(repeating: "a-", count: 60) + "1",
      String(repeating: "a-", count: 60) + "2",
    ]

  @Test("any texts give names that are bounded, different also without case, and of letters, digits and hyphens alone")
  func hostile() {
    let names = FileName.names(for: Self.hostile)
    #expect(names.count == Self.hostile.count)
    #expect(Set(names.map { $0.lowercased() }).count == names.count, "\(names)")
    for name in names {
      #expect((1...FileName.mostBytes).contains(name.utf8.count), "\(name)")
      #expect(name.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(name)")
    }
  }

  @Test("names of different texts do not depend on their order, nor on texts with other words")
  func order() {
    let texts = Array(Set(Self.hostile))
    let (names, reversed) = (FileName.names(for: texts), FileName.names(for: texts.reversed()))
    #expect(names == reversed.reversed())
    #expect(FileName.names(for: ["a b", "a_b"]) == Array(FileName.names(for: ["x", "a b", "a_b"]).dropFirst()))
  }

  @Test("what is cut, or has lost letters, is told apart by a hash of the whole text")
  func hashed() {
    let long = String(repeating: "word ", count: 100)
    let names = FileName.names(for: [long + "1", long + "2", "café", "caf"])
    #expect(names[0].hasPrefix("word-word-") && names[0] != names[1])
    #expect(names[2].hasPrefix("caf-") && names[2] != "caf-" && names[3].hasPrefix("caf"))
  }
}
