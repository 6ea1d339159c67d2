import Synchronization
import TestSupport
import Testing

@Suite("The live page", .enabled(if: !Browser.isMissing, "no chromium is installed"))
struct LivePageTests {
  @Test("redraws changes since it was loaded")
  func update() async throws {
    let served = try await ServedReport()
    // The run's seed rises all the time: the page must come to show a higher one than it was loaded with.
    let seed = Atomic<Int>(1)
    let text = try await Browser.dump(
      "http://127.0.0.1:\(served.port)/", milliseconds: 60_000, in: TemporaryFolder()
    ) {
      try served.addRun(1, seed: seed.add(1, ordering: .relaxed).newValue)
      _ = try PlainHTTP("/data.json", port: served.port)
    }.dom
    let loaded = try #require(text.firstMatch(of: #/"seed":(\d+)/#).flatMap { Int($0.1) }, "\(text.prefix(2000))")
    let shown = try #require(text.firstMatch(of: #/<ul id="chosen">.*?seed (\d+)/#).flatMap { Int($0.1) })
    #expect(shown > loaded)
    #expect(text.contains("<span id=\"live\" role=\"status\">live</span>"))
  }
}
