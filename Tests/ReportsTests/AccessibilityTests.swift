import Foundation
import Records
import Reports
import TestSupport
import Testing

/// The script of axe-core, which is not part of this repository.
private enum Axe {
  static let missing = "no chromium, or no axe.min.js: give its path in TARE_AXE"

  /// Safe inside a script element.
  static let script: String? = ProcessInfo.processInfo.environment["TARE_AXE"]
    .flatMap { FileManager.default.contents(atPath: $0) }
    .map { String(decoding: $0, as: UTF8.self).replacing("</script", with: "<\\/script") }
}

@Suite("Accessibility of the pages", .enabled(if: !Browser.isMissing && Axe.script != nil, "\(Axe.missing)"))
struct AccessibilityTests {
  enum Page: CaseIterable { case sweep, run, demo, live, overview }

  private struct Findings: Decodable {
    let passed: [Int]
    let violations: [String]
  }

  /// As it is opened, and with everything open, pressed and wrong; in light and in dark.
  private static let script = """
    const found = { passed: [], violations: [] };
    const check = async (state) => {
      for (const theme of ["light", "dark"]) {
        document.documentElement.dataset.theme = theme;
        const { passes, violations } = await axe.run();
        found.passed.push(passes.length);
        for (const { id, nodes } of violations) found.violations.push(...nodes.map((node) => `${state}, ${theme}: ${id}: ${node.html}`));
      }
    };
    const use = () => {
      for (const key of document.querySelectorAll(".key")) key.click();
      for (const row of document.querySelectorAll("#runs tbody tr")) row.click();
      for (const details of document.querySelectorAll("details")) details.open = true;
      const filter = document.getElementById("filter");
      if (filter) filter.value = "l2<";
      filter?.dispatchEvent(new Event("input"));
    };
    (async () => {
      await check("opened");
      use();
      await check("used");
      report(found);
    })();
    """

  @Test("axe finds no violation on the pages", arguments: Page.allCases)
  func violations(page: Page) async throws {
    let axe = try #require(Axe.script)
    let html = try Self.html(of: page)
      // The overview runs no script of its own.
      .replacing("'unsafe-inline'; img-src", with: "'unsafe-inline'; script-src 'unsafe-inline'; img-src")
      .replacing("</head>", with: "<script>\(axe)</script></head>")
    let visit = try await Browser.visit(html, script: Self.script, in: TemporaryFolder())
    let found = try JSONDecoder().decode(Findings.self, from: visit.findings)
    #expect(found.violations.isEmpty, "\(found.violations.joined(separator: "\n"))")
    #expect(found.passed.count == 4 && found.passed.allSatisfy { $0 > 20 }, "rules that apply: \(found.passed)")
  }

  private static func html(of page: Page) throws -> String {
    let sample = try SampleSweep()
    if page == .overview {
      let root = try TemporaryFolder()
      try FileManager.default.copyItem(atPath: sample.folder.file("runs/0001-0"), toPath: root.file("alone"))
      try FileManager.default.moveItem(atPath: sample.folder.path + "/runs", toPath: root.file("several"))
      let overview = try #require(RootOverview(of: root.path))
      return OverviewPage(overview).html { $0.kind == .run ? RootOverview.link(to: $0.folder) : nil }
    }
    let source = try ReportSource(folders: [sample.folder.path])
    let runs = source.runs.prefix(page == .run ? 1 : page == .demo ? 3 : source.runs.count)
    let finding: (String, Bool?) -> Finding = { Finding($0, expected: "0", measured: "0", tolerance: "1", holds: $1) }
    let claims = [true, false].enumerated().map { index, holds in
      Verdict(
        claim: index + 1, group: .exact, statement: "a < b", source: "",
        findings: [finding("a", holds), finding("b", nil)], seconds: 1)
    }
    let data = ReportData(title: source.title, runs: Array(runs), claims: page == .sweep ? claims : [])
    return try ReportPage(data, curves: CurvesText.json(ofRunsIn: runs.map(\.folder)))
      .html(version: page == .live ? "1" : nil, progress: "step 1 of 2")
  }
}
