import TestSupport
import Testing

@Suite("The live page", .enabled(if: !Browser.isMissing, "no chromium is installed"))
struct LivePageTests {
  @Test("redraws changes since it was loaded")
  func update() async throws {
    let served = try await ServedReport()
    // The run's seed rises all the time: the page must come to show a higher one than it was loaded with.
    var seed = 1
    let text = try await Browser.dump(
      "http://127.0.0.1:\(served.port)/", milliseconds: 60_000, in: TemporaryFolder()
    ) {
      seed += 1
      try served.addRun(1, seed: seed)
      _ = try await served.get("/data.json")
    }.dom
    let loaded = try #require(text.firstMatch(of: #/"seed":(\d+)/#).flatMap { Int($0.1) }, "\(text.prefix(2000))")
    let shown = try #require(text.firstMatch(of: #/<p id="chosen">[^<]*seed (\d+)/#).flatMap { Int($0.1) })
    #expect(shown > loaded)
    #expect(text.contains("<span id=\"live\" role=\"status\">live</span>"))
  }
}
