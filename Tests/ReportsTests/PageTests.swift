import Foundation
import Records
import Reports
import TestSupport
import Testing

@Suite("The report's page", .enabled(if: !Browser.isMissing, "no chromium is installed"))
struct PageTests {
  private struct Findings: Decodable {
    struct Drawn: Decodable {
      let id: String
      let marks: Int
      let lost: Int
      let ridges: Int
    }

    let figures: [Drawn]
    let hiddenSeries: Int
    let pressed: String
    let linearTicks: [String]
    let logarithmicTicks: [String]
    let rows: Int
    let filtered: Int
    let count: String
    let firstError: String
    let lastError: String
    let sorted: String
    let descending: [String]
    let curves: [String]
    let bands: Int
    let tip: String
    let pointTip: String
    let checkedFirst: String
    let without: String
    let claims: [String]
    let chosen: String
    let checked: Int
    let stops: Int
    let walked: [String]
    let outside: Int
    let command: String
    let requests: Int
    let focusable: Int
    let theme: String
  }

  private static let script = """
    const marks = (figure) => figure.querySelectorAll(".mark, .cell").length;
    const figures = [...document.querySelectorAll("#figures figure")];
    const found = { figures: figures.map((f) => ({ id: f.id, marks: marks(f), lost: f.querySelectorAll(".lost").length,
      ridges: f.querySelectorAll(".ridge").length })) };
    const first = figures[0], key = first.querySelector(".key");
    key.click();
    found.hiddenSeries = first.querySelectorAll("[data-series]").length;
    found.pressed = first.querySelector(".key").getAttribute("aria-pressed");
    key.click();
    const lines = document.getElementById("error-nesterov");
    const ticks = () => [...lines.querySelectorAll("svg text.tick")].map((t) => t.textContent);
    found.logarithmicTicks = ticks();
    lines.querySelectorAll(".scale")[0].click();
    found.linearTicks = ticks();
    const rows = () => [...document.querySelectorAll("#runs tbody tr")];
    found.rows = rows().length;
    const filter = document.getElementById("filter");
    filter.value = "projection=filter";
    filter.dispatchEvent(new Event("input"));
    found.filtered = rows().length;
    found.count = document.getElementById("count").textContent;
    const head = () => [...document.querySelectorAll("#runs th")];
    const column = head().findIndex((h) => h.textContent.startsWith("test error"));
    head()[column].querySelector("button").click();
    found.sorted = head()[column].getAttribute("aria-sort");
    const cells = rows().map((r) => r.children[column].textContent);
    [found.firstError, found.lastError] = [cells[0], cells[cells.length - 2]];
    head()[column].querySelector("button").click();
    found.descending = rows().map((r) => r.children[column].textContent);
    filter.value = "";
    filter.dispatchEvent(new Event("input"));
    head()[head().findIndex((h) => h.textContent.startsWith("l2"))].querySelector("button").click();
    found.checkedFirst = document.querySelector("#runs input:checked").getAttribute("aria-label");
    document.querySelector("#runs input:checked").click();
    found.without = document.getElementById("curves").textContent;
    rows()[23].click();
    found.curves = [...document.querySelectorAll("#curves figure")].map((f) => f.id);
    found.bands = document.querySelectorAll("#curves .band").length;
    const map = document.getElementById("map-nesterov");
    const mark = map.querySelector(".cell");
    mark.dispatchEvent(new Event("focus"));
    found.tip = document.getElementById("tip").textContent;
    const point = document.getElementById("error-nesterov").querySelector(".mark");
    point.dispatchEvent(new Event("focus"));
    found.pointTip = document.getElementById("tip").textContent;
    found.claims = [...document.querySelectorAll("#verdicts > tr")].map((r) => r.children[1].textContent);
    found.chosen = document.getElementById("chosen").textContent;
    found.checked = document.querySelectorAll("#runs input:checked").length;
    const stops = () => [...first.querySelectorAll("svg [tabindex='0']")];
    const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    found.stops = stops().length;
    stops()[0].focus();
    const words = () => document.activeElement.getAttribute("aria-label");
    found.walked = [words(), ...["ArrowRight", "ArrowRight", "ArrowLeft"].map((key) => { press(key); return words(); })];
    const axis = map.querySelectorAll("svg .axis")[1].getBBox();
    found.outside = [...map.querySelectorAll(".cell")].map((c) => c.getBBox())
      .filter((b) => b.x < axis.x - 0.1 || b.y < axis.y - 0.1 || b.y + b.height > axis.y + axis.height + 0.1).length;
    found.command = document.getElementById("reproduce").textContent;
    found.requests = performance.getEntriesByType("resource").length;
    found.focusable = figures[0].querySelectorAll("svg [tabindex][aria-label]").length;
    document.getElementById("theme").click();
    found.theme = document.documentElement.dataset.theme;
    report(found);
    """

  @Test("draws every mark; switches, table and curves work, without requests or errors")
  func everything() async throws {
    let sample = try SampleSweep()
    let verdicts = [("a < b", [Finding("a", expected: "0", measured: "0", tolerance: "1", holds: true)]), ("c", [])]
    let claims = verdicts.enumerated().map { index, verdict in
      Verdict(
        claim: index + 1, group: .exact, statement: verdict.0, source: "", findings: verdict.1, seconds: 1)
    }
    let folder = try TemporaryFolder()
    try folder.write(
      Array(JSONEncoder().encode(ClaimsRecord(verdicts: claims, folder: "", setting: ""))), to: "claims.json")
    let source = try ReportSource(folders: [sample.folder.path, folder.path])
    let data = ReportData(title: source.title, runs: source.runs, claims: source.claims)
    let page = ReportPage(data, curves: CurvesText.json(ofRunsIn: source.runs.map(\.folder)))
    let visit = try await Browser.visit(page.html(), script: Self.script, in: TemporaryFolder())
    #expect(visit.console.isEmpty, "\(visit.console)")
    let found = try JSONDecoder().decode(Findings.self, from: visit.findings)
    // Of a group, the first.
    let shown = data.figures.filter { $0.id != "angle-nesterov" }
    #expect(found.figures.map(\.id) == shown.map(\.id))
    #expect(found.figures.map(\.marks) == shown.map(\.markCount))
    #expect(found.figures.map(\.ridges) == [0, 0, 5, 0])
    #expect(found.hiddenSeries == Self.seriesLeft(data) && found.pressed == "false", "the first name is left out")
    #expect(found.logarithmicTicks.contains("0.01") && !found.linearTicks.contains("0.01"))
    #expect(found.rows == 24 && found.filtered == 12 && found.count == "12 of 24 runs, 1 diverged")
    #expect(found.sorted == "ascending" && found.firstError == "4.25 %" && found.lastError == "6.25 %")
    #expect(found.descending.first == found.lastError && found.descending.last == "–", "what is missing comes last")
    #expect(found.checkedFirst.contains("l2 0, optimizer.learningRate 0.01, projection none, seed 1"), "the best run")
    #expect(found.without.contains("No run is chosen."))
    #expect(found.curves == ["curve-result", "curve-layers"])
    #expect(found.bands == 4, "two layers in the panels of norm and rate")
    #expect(found.tip == "η 0.01\nλ_d 0\ntest error 4.05 %, mean of 2 runs")
    #expect(found.pointTip == "η 0.01\nλ_d 0\ntest error 4.05 %\nmean of 2 runs\nminimum to maximum 4 … 4.1 %")
    #expect(found.claims == ["holds", "does not hold"])
    #expect(found.chosen.contains("glyphs · mlp · batch norm · nesterov · η 0.1 · λ_d 0.1 · 400 steps · seed 2"))
    #expect(found.chosen.contains("diverged: the loss of step 7 is not finite"))
    #expect(found.checked == 1)
    #expect(found.stops == 1, "a figure is one stop of the tab key")
    #expect(Set(found.walked).count == 3 && found.walked[1] == found.walked[3])
    #expect(found.outside == 0)
    #expect(found.figures.map(\.lost) == [2, 1, 0, 1])
    #expect(found.command.contains("tare sweep '<plan>.yaml'\n# this run alone:\ntare train --set "))
    #expect(found.requests == 0)
    #expect(found.focusable == data.figures[0].markCount)
    #expect(["dark", "light"].contains(found.theme))
  }

  /// Series of the first figure without those of its first name.
  private static func seriesLeft(_ data: ReportData) -> Int {
    let series = data.figures[0].panels.flatMap(\.series)
    return series.count { $0.name != series[0].name }
  }

  @Test("draws new data in the open page")
  func update() async throws {
    let sample = try SampleSweep()
    let source = try ReportSource(folders: [sample.folder.path])
    let data = ReportData(title: "before", runs: Array(source.runs.prefix(2)))
    let later = try ReportData(title: "after", runs: source.runs).json()
    let script = """
      const before = document.querySelectorAll("#figures figure").length;
      update(\(later), []);
      report([before, document.querySelectorAll("#figures figure").length, document.querySelectorAll("#runs tbody tr").length]);
      """
    let visit = try await Browser.visit(ReportPage(data, curves: "[]").html(), script: script, in: TemporaryFolder())
    #expect(visit.console.isEmpty, "\(visit.console)")
    #expect(try JSONDecoder().decode([Int].self, from: visit.findings) == [1, 4, 24])
  }

  @Test("the work of opening an address grows with the runs, not with their square")
  func linear() async throws {
    let sample = try SampleSweep()
    let source = try ReportSource(folders: [sample.folder.path])
    let data = ReportData(title: "", runs: source.runs)
    let script = """
      const reads = (count) => {
        let number = 0;
        const counted = (run, name, value) => Object.defineProperty(run, name, { get() { number += 1; return value; } });
        const runs = Array.from({ length: count }, (_, index) => {
          const run = { ...data.runs[index % data.runs.length] };
          return counted(counted(run, "folder", `runs/${index}`), "values", run.values);
        });
        history.replaceState(null, "", "#" + Array.from({ length: 8 }, (_, index) => `run=${count - 1 - index}`).join("&"));
        isSettled = false;
        update({ ...data, runs }, []);
        return number;
      };
      const first = data;
      const counts = [50, 200].map((count) => { data = first; return reads(count); });
      report([...counts, document.querySelectorAll("#chosen li").length]);
      """
    let page = try ReportPage(data, curves: "[]").html()
    let visit = try await Browser.visit(page, script: script, in: TemporaryFolder())
    #expect(visit.console.isEmpty, "\(visit.console)")
    let found = try JSONDecoder().decode([Int].self, from: visit.findings)
    try #require(found.count == 3 && found[2] == 8)
    #expect(found[1] <= 4 * found[0], "\(found)")
  }
}
