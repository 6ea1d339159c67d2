import Foundation
import TestSupport
import Testing

/// `trace_viewer_full.html` of Catapult, which is what chrome://tracing shows.
private let traceViewer = ProcessInfo.processInfo.environment["TARE_TRACE_VIEWER"]

extension EndToEnd {
  @Suite(
    "Chrome's trace viewer",
    .enabled(if: traceViewer != nil, "no trace_viewer_full.html: give one in TARE_TRACE_VIEWER"),
    .disabled(if: Browser.isMissing, "no Chromium"))
  struct TraceViewer {
    private struct Thread: Decodable {
      let process: String
      let name: String
      let slices: Int
    }

    private struct Findings: Decodable {
      let threads: [Thread]
      let warnings: [String]
    }

    /// For the parts of its user interface, which expects web components as browsers had them in 2019.
    private static let elements = """
      <html><script>
      const prototypes = {}, create = document.createElement.bind(document);
      document.registerElement = (name, options) => {
        prototypes[name] = options.prototype;
        return function () { return document.createElement(name); };
      };
      document.createElement = (name, ...rest) => {
        const made = create(name, ...rest);
        return prototypes[name] ? Object.setPrototypeOf(made, prototypes[name]) : made;
      };
      Object.defineProperty(document, "_currentScript", { get: () => document.currentScript });
      window.CustomElements = { upgrade() {}, upgradeAll() {}, takeRecords() {}, flush() {} };
      </script>
      """

    @Test("imports every thread and span of a trace without a warning")
    func imports() async throws {
      let folder = try TemporaryFolder()
      _ = try SmallRun(
        "--network mlp --batch 64 --microbatch 16 --steps 10 --workers 2 --trace \(folder.file("trace.json"))",
        in: folder.file("run"))
      let trace = String(decoding: try folder.read("trace.json"), as: UTF8.self)
      let page = try String(contentsOfFile: try #require(traceViewer), encoding: .utf8)
      let visit = try await Browser.visit(
        page.replacing("<html>", with: Self.elements),
        script: """
          const model = new tr.Model();
          new tr.importer.Import(model).importTraces([JSON.stringify(\(trace))]);
          report({
            threads: model.getAllThreads().map((thread) => (
              { process: thread.parent.name, name: thread.name, slices: thread.sliceGroup.length })),
            warnings: model.importWarnings.map((warning) => warning.message),
          });
          """, in: folder)
      let found = try JSONDecoder().decode(Findings.self, from: visit.findings)
      #expect(found.warnings.isEmpty)
      let threads = found.threads.map { "\($0.process) \($0.name)" }.sorted()
      #expect(
        threads == [
          "coordinator leads", "server 0 serves", "worker 0 computes", "worker 0 messages", "worker 1 computes",
          "worker 1 messages",
        ])
      #expect(found.threads.map(\.slices).reduce(0, +) == trace.matches(of: #/"ph":"X"/#).count)
    }
  }
}
