import Claims
import Testing

@Suite("Verdicts")
struct VerdictTests {
  private func verdict(_ findings: [Bool?]) -> Verdict {
    Verdict(
      claim: 1, group: .exact, statement: "", source: "",
      findings: findings.map { Finding("", expected: "", measured: "", tolerance: "", holds: $0) }, seconds: 0)
  }

  @Test("a claim holds if something was judged and all of it holds")
  func holds() {
    #expect(verdict([true, nil, true]).holds)
    #expect(!verdict([true, false]).holds)
    #expect(!verdict([nil]).holds)
    #expect(!verdict([]).holds)
    #expect(!ClaimsReport(verdicts: [], folder: "", setting: "").allHold)
    #expect(!ClaimsReport(verdicts: [verdict([true]), verdict([false])], folder: "", setting: "").allHold)
  }
}
