import Foundation
import TestSupport

/// Headless Chromium: what becomes of a page when its script runs.
enum Browser {
  static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static var isMissing: Bool { program == nil }

  struct Visit {
    /// What the test's own script has left in the page.
    let findings: Data
    /// What the page said on the console.
    let console: [String]
  }

  struct Failure: Error { let words: String }

  /// Opens a page and runs `script` behind the page's own; it ends with `report(value)`.
  static func visit(_ html: String, script: String, in folder: TemporaryFolder) throws -> Visit {
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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program ?? "")
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=20000",
      "--timeout=60000", "--user-data-dir=\(folder.file("profile"))", "--dump-dom",
      "file://\(folder.file("page.html"))",
    ]
    // To files: pipes that fill up would wait for each other.
    let (output, errors) = (try folder.write([], to: "dom"), try folder.write([], to: "console"))
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    guard ended.wait(timeout: .now() + 90) == .success else {
      process.terminate()
      throw Failure(words: "the browser took more than 90 s")
    }
    let dom = String(decoding: try folder.read("dom"), as: UTF8.self)
    let console = String(decoding: try folder.read("console"), as: UTF8.self).split(separator: "\n").map(String.init)
      .filter { $0.contains("CONSOLE") }
    guard let start = dom.range(of: "<pre id=\"findings\">"),
      let end = dom.range(of: "</pre>", range: start.upperBound..<dom.endIndex)
    else { throw Failure(words: "the page's script did not come to its end; console: \(console)") }
    let text = dom[start.upperBound..<end.lowerBound].replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&")
    return Visit(findings: Data(text.utf8), console: console)
  }
}
