import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("The live page", .enabled(if: !Browser.isMissing, "no chromium is installed"))
struct LivePageTests {
  @Test("redraws changes since it was loaded")
  func update() async throws {
    let served = try await ServedReport()
    let hasEnded = Mutex(false)
    let url = "http://127.0.0.1:\(served.port)/"
    let folder = try TemporaryFolder()
    let visit = Task {
      defer { hasEnded.withLock { $0 = true } }
      return try await Browser.dump(url, milliseconds: 200_000, in: folder).dom
    }
    // The run's seed rises all the time: the page must come to show a higher one than it was loaded with.
    var seed = 1
    while !hasEnded.withLock({ $0 }) {
      seed += 1
      try served.addRun(1, seed: seed)
      _ = try await served.get("/data.json")
    }
    let text = try await visit.value
    let loaded = try #require(text.firstMatch(of: #/"seed":(\d+)/#).flatMap { Int($0.1) }, "\(text.prefix(2000))")
    let shown = try #require(text.firstMatch(of: #/<p id="chosen">[^<]*seed (\d+)/#).flatMap { Int($0.1) })
    #expect(shown > loaded)
    #expect(text.contains("<span id=\"live\" role=\"status\">live</span>"))
  }
}
