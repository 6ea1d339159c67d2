package import Foundation

/// Headless Chromium: what becomes of a page when its script runs.
package enum Browser {
  private static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  package static var isMissing: Bool { program == nil }

  package struct Visit: Sendable {
    /// What the test's own script has left in the page.
    package let findings: Data
    /// What the page said on the console.
    package let console: [String]
  }

  package struct Failure: Error { let words: String }

  /// Opens a page and runs `script` behind the page's own; it ends with `report(value)`.
  package static func visit(_ html: String, script: String, in folder: TemporaryFolder) async throws -> Visit {
    let harness = """
      <script>
      const report = (value) => {
        const place = document.createElement("pre");
        place.id = "findings";
        place.textContent = JSON.stringify(value);
        document.body.append(place);
      };
      {
      \(script)
      }
      </script></body>
      """
    try folder.write(Array(html.replacing("</body>", with: harness).utf8), to: "page.html")
    let (dom, console) = try await dump("file://\(folder.file("page.html"))", milliseconds: 20_000, in: folder)
    guard let start = dom.range(of: "<pre id=\"findings\">"),
      let end = dom.range(of: "</pre>", range: start.upperBound..<dom.endIndex)
    else { throw Failure(words: "the page's script did not come to its end; console: \(console)") }
    let text = dom[start.upperBound..<end.lowerBound].replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&")
    return Visit(findings: Data(text.utf8), console: console)
  }

  /// A page as it is when its scripts have run for some time, and what it said on the console.
  ///
  /// - Parameters:
  ///   - milliseconds: by the page's own clock, which runs ahead while the page waits.
  ///   - folder: for the browser's files.
  package static func dump(
    _ url: String, milliseconds: Int, in folder: TemporaryFolder
  ) async throws -> (dom: String, console: [String]) {
    let console = try await run(["--virtual-time-budget=\(milliseconds)", "--dump-dom", url], in: folder)
    return (String(decoding: try folder.read("dom"), as: UTF8.self), console)
  }

  /// The page as a PDF of its own size; the file's path.
  package static func print(_ html: String, in folder: TemporaryFolder) async throws -> String {
    try folder.write(Array(html.utf8), to: "page.html")
    let pdf = folder.file("page.pdf")
    let arguments = ["--no-pdf-header-footer", "--print-to-pdf=\(pdf)", "file://\(folder.file("page.html"))"]
    _ = try await run(arguments, in: folder)
    return pdf
  }

  /// What the page said on the console; stdout goes to the file `dom`.
  private static func run(_ arguments: [String], in folder: TemporaryFolder) async throws -> [String] {
    await turn.take()
    do {
      let result = try await start(arguments, in: folder)
      await turn.pass()
      return result
    } catch {
      await turn.pass()
      throw error
    }
  }

  private static let turn = Turn()

  private static func start(_ arguments: [String], in folder: TemporaryFolder) async throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program ?? "")
    process.arguments =
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        "--timeout=\(Int(Deadline.browser * 1000))", "--user-data-dir=\(folder.file("profile"))",
      ] + arguments
    // To files: pipes that fill up would wait for each other.
    let (output, errors) = (try folder.write([], to: "dom"), try folder.write([], to: "console"))
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    let (ends, ended) = AsyncStream<Void>.makeStream()
    process.terminationHandler = { _ in ended.finish() }
    try process.run()
    let id = process.processIdentifier
    let watch = Task {
      try await Task.sleep(for: .seconds(Deadline.browser + Deadline.event))
      kill(id, SIGKILL)
    }
    for await _ in ends {}
    watch.cancel()
    guard process.terminationReason == .exit else { throw Failure(words: "the browser did not come to its end") }
    let console = String(decoding: try folder.read("console"), as: UTF8.self).split(separator: "\n").map(String.init)
    return console.filter { $0.contains("CONSOLE") }
  }
}

/// One browser at a time: each keeps several processors busy for seconds.
private actor Turn {
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async {
    guard isTaken else { return isTaken = true }
    await withCheckedContinuation { waiting.append($0) }
  }

  func pass() {
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
  }
}
