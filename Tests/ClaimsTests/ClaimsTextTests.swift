import Claims
import Records
import Testing

@Suite("The claims as text")
struct ClaimsTextTests {
  private static func verdict(_ number: Int, _ holds: Bool) -> Verdict {
    let finding = Finding(
      String(repeating: "norm ", count: 40), expected: "1", measured: "2", tolerance: "0.1", holds: holds)
    return Verdict(
      claim: number, group: .exact, statement: String(repeating: "‖w‖ is constant, ", count: 20), source: "section 2",
      findings: [finding, finding], seconds: 31)
  }

  private let record = ClaimsRecord(
    verdicts: (1...29).map { verdict($0, $0 != 7) }, folder: "claims/A-mlp", setting: "glyphs, mlp")

  @Test("the summary comes first, then a line for each claim with its verdict first, none wider than asked for")
  func short() {
    for columns in [40, 80] {
      let lines = record.lines(columns: columns)
      #expect(lines.first == "28 of 29 claims hold (glyphs, mlp; 14 min 59 s); failed: 7")
      #expect(lines.count == 2 + 1 + 29 + 2)
      #expect(lines[2...31].allSatisfy { $0.count <= columns })
      #expect(lines.filter { $0.hasPrefix("FAILS    A 7 ") }.count == 1 && lines.count { $0.hasPrefix("holds ") } == 28)
      #expect(lines.last == "All comparisons: claims/A-mlp/claims.md, or --verbose.")
    }
  }

  @Test("with every comparison, the summary is still the first line")
  func comparisons() {
    #expect(record.comparisons.first == record.summary)
    #expect(record.comparisons.count { $0.contains("norm norm") } == 58)
  }
}
