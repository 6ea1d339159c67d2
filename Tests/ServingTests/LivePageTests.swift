import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("The live page", .enabled(if: Browser.program != nil, "no chromium is installed"))
struct LivePageTests {
  @Test("draws by itself what has changed since it was loaded")
  func update() async throws {
    let served = try await ServedReport()
    let hasEnded = Mutex(false)
    let url = "http://127.0.0.1:\(served.port)/"
    async let dom = Self.dom(of: url, hasEnded: { hasEnded.withLock { $0 = true } })
    // The run's seed rises all the time: the page must come to show a higher one than it was loaded with.
    var seed = 1
    while !hasEnded.withLock({ $0 }) {
      seed += 1
      try served.addRun(1, seed: seed)
      _ = try await served.get("/data.json")
    }
    let text = try await dom
    let loaded = try #require(text.firstMatch(of: #/"seed":(\d+)/#).flatMap { Int($0.1) }, "\(text.prefix(2000))")
    let shown = try #require(text.firstMatch(of: #/<p id="chosen">[^<]*seed (\d+)/#).flatMap { Int($0.1) })
    #expect(shown > loaded)
    #expect(text.contains("<span id=\"live\" role=\"status\">live</span>"))
  }

  /// The page as it is when its scripts have run for some time.
  private static func dom(of url: String, hasEnded: @escaping @Sendable () -> Void) async throws -> String {
    defer { hasEnded() }
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Browser.program ?? "")
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=200000", "--timeout=60000",
      "--user-data-dir=\(folder.file("profile"))", "--dump-dom", url,
    ]
    // To a file: a pipe that fills up would wait.
    process.standardOutput = FileHandle(forWritingAtPath: try folder.write([], to: "dom"))
    process.standardError = FileHandle.nullDevice
    let (ends, ended) = AsyncStream<Void>.makeStream()
    process.terminationHandler = { _ in ended.finish() }
    try process.run()
    let id = process.processIdentifier
    let watch = Task {
      try await Task.sleep(for: .seconds(90))
      kill(id, SIGKILL)
    }
    for await _ in ends {}
    watch.cancel()
    return String(decoding: try folder.read("dom"), as: UTF8.self)
  }
}

private enum Browser {
  static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
}
