import Foundation
import Records
import TestSupport
import Testing

@Suite("Verdicts on claims")
struct VerdictTests {
  private func verdict(_ findings: [Bool?], number: Int = 1) -> Verdict {
    Verdict(
      claim: number, group: .exact, statement: "s", source: "p",
      findings: findings.map { Finding("", expected: "", value: 0.5, measured: "", tolerance: "", holds: $0) },
      seconds: 2)
  }

  @Test("a claim holds if something was judged and all of it holds")
  func holds() {
    #expect(verdict([true, nil, true]).holds)
    #expect(!verdict([true, false]).holds)
    #expect(!verdict([nil]).holds)
    #expect(!verdict([]).holds)
    #expect(!ClaimsRecord(verdicts: [], folder: "", setting: "").allHold)
    #expect(!ClaimsRecord(verdicts: [verdict([true]), verdict([false])], folder: "", setting: "").allHold)
  }

  @Test("claims.json says what follows, and reading it gives back what was written")
  func record() throws {
    let written = ClaimsRecord(verdicts: [verdict([true]), verdict([nil], number: 2)], folder: "f", setting: "mnist")
    let folder = try TemporaryFolder()
    #expect(try ClaimsRecord(inFolder: folder.path) == nil)
    try folder.write(Array(JSONEncoder().encode(written)), to: ClaimsRecord.fileName)
    #expect(try ClaimsRecord(inFolder: folder.path) == written)
    let object = try JSONSerialization.jsonObject(with: Data(folder.read("claims.json"))) as? [String: Any]
    let claims = try #require(object?["claims"] as? [[String: Any]])
    #expect(claims.map { $0["holds"] as? Bool } == [true, false] && object?["allHold"] as? Bool == false)
    try folder.write(Array("{}".utf8), to: "claims.json")
    let error = #expect(throws: RecordError.self) { try ClaimsRecord(inFolder: folder.path) }
    #expect(error?.code == .content)
  }
}
