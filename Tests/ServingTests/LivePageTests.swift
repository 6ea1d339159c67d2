import MicroHTTPD
import Serving
import Synchronization
import TestSupport
import Testing

@Suite("The live page", .enabled(if: !Browser.isMissing, "no chromium is installed"))
struct LivePageTests {
  @Test("redraws changes since it was loaded")
  func update() async throws {
    let served = try await ServedReport()
    // The run's seed rises with each request, before it is answered from files that are read anew: the browser's clock runs
    // ahead, and would outrun a report that reads its files now and then.
    let seed = Atomic<Int>(1)
    let daemon = try Daemon(port: 0) { request in
      do {
        try served.addRun(1, seed: seed.add(1, ordering: .relaxed).newValue)
        return ReportHandler(content: .report(try LiveReport(folders: [served.folder.path]))).answer(request)
      } catch { return Response(500, [], Body("\(error)".utf8)) }
    }
    let text = try await Browser.dump(
      "http://127.0.0.1:\(daemon.port)/", milliseconds: 10_000, in: TemporaryFolder()
    ).dom
    let loaded = try #require(text.firstMatch(of: #/"seed":(\d+)/#).flatMap { Int($0.1) }, "\(text.prefix(2000))")
    let shown = try #require(text.firstMatch(of: #/<ul id="chosen">.*?seed (\d+)/#).flatMap { Int($0.1) })
    #expect(shown > loaded)
    #expect(text.contains("<span id=\"live\" role=\"status\">live</span>"))
  }
}
