import Records
import Testing

@Suite("CSV")
struct CSVTests {
  @Test(
    "text that a spreadsheet would compute begins with an apostrophe; numbers stay",
    arguments: [
      ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1+1", "'+1+1"), ("-x", "'-x"), ("@SUM(A1)", "'@SUM(A1)"),
      ("\t=1", "'\t=1"), ("=1,2", "\"'=1,2\""), ("-1.5e-3", "-1.5e-3"), ("+3", "+3"), ("-inf", "-inf"), ("a=b", "a=b"),
      ("λ-1", "λ-1"), ("", ""),
    ])
  func formulas(text: String, cell: String) {
    #expect(CSV.line([text, "x"]) == "\(cell),x\n")
  }

  @Test("no control sequence reaches a terminal", arguments: ["\u{1B}[2Ja", "a\u{7F}", "a\u{9B}31m", "a\rb", "\u{8}a"])
  func controls(text: String) {
    let line = CSV.line([text]).unicodeScalars
    #expect(line.dropLast().allSatisfy { $0.properties.generalCategory != .control })
    #expect(line.contains("\u{FFFD}"))
  }
}
