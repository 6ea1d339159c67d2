import Failures
import RunStore
import Specification
import Testing

@Suite("Run filter")
struct RunFilterTests {
  @Test("terms are names, signs and values; fields go by path, short name or flag")
  func terms() throws {
    let terms = try RunFilter("optimizer=adam  l2<=1e-3 lr>0.1 status!=done folder~map").terms
    #expect(
      terms.map(\.column) == [
        .field("optimizer.name"), .field("l2"), .field("optimizer.learningRate"), .column("status"), .column("folder"),
      ])
    #expect(terms.map(\.comparison) == [.equal, .atMost, .above, .notEqual, .contains])
    #expect(terms.map(\.value) == ["adam", "1e-3", "0.1", "done", "map"])
    #expect(try RunFilter("").terms.isEmpty)
  }

  @Test(
    "bad input is one sentence",
    arguments: [
      ("rule", "\"rule\" is invalid"), ("=adam", "is invalid"), ("optimizer=", "is invalid"),
      ("l2<small", "compares with \"small\"; accepted after <: a number"),
      ("testEror<1", "column \"testEror\" is unknown; did you mean \"testError\"?"),
    ])
  func badInput(text: String, words: String) {
    let error = #expect(throws: UsageError.self) { try RunFilter(text) }
    #expect(error?.exitCode == 64)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }
}
