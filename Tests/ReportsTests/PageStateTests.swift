import Foundation
import Records
import Reports
import RunFilters
import RunStore
import TestSupport
import Testing

@Suite("What a report's page shows, and its address", .enabled(if: !Browser.isMissing, "no chromium is installed"))
struct PageStateTests {
  /// A page that goes to an address first, as a reader who was sent it.
  private func page(_ sample: SampleSweep, address: String = "") throws -> String {
    let source = try ReportSource(folders: [sample.folder.path])
    let data = ReportData(title: source.title, runs: source.runs)
    let page = try ReportPage(data, curves: CurvesText.json(ofRunsIn: source.runs.map(\.folder))).html()
    return page.replacing("<body>", with: "<body><script>history.replaceState(null, '', '#\(address)');</script>")
  }

  private struct Choice: Decodable {
    let address: String
    let chosen: [String]
    let colors: [String]
    let lines: [String]
    let layer: String
    let figure: String
    let rows: Int
    let full: String
    let pressed: [String]
    let predicted: Int
    let bands: Int
    let table: [[String]]
  }

  private static let look = """
    const look = () => ({
      address: location.hash,
      chosen: [...document.querySelectorAll("#chosen li strong")].map((e) => e.textContent),
      colors: [...document.querySelectorAll("#chosen li .swatch .sample")].map((e) => e.getAttribute("fill")),
      lines: [...document.querySelectorAll("#curve-layers .key")].map((e) => e.textContent),
      layer: document.getElementById("layer")?.value ?? "",
      figure: document.querySelector("#figures figure").id,
      rows: document.querySelectorAll("#runs tbody tr").length,
      full: document.getElementById("full").textContent,
      pressed: [...document.querySelectorAll("#error-nesterov .mark[aria-pressed=true]")].map((e) => e.dataset.members),
      predicted: document.querySelectorAll("#curve-layers polyline.dashed").length,
      bands: document.querySelectorAll("#curve-layers .band").length,
      table: [...document.querySelectorAll("#layers tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent)),
    });

    """

  @Test("runs are chosen in the table and by marks, keep their colors, and are kept in the address with all else")
  func choosing() async throws {
    let sample = try SampleSweep()
    let script = """
      \(Self.look)
      const found = [look()];
      const mark = document.querySelector("#error-nesterov .mark[data-members='4 6']") ?? document.querySelectorAll("#error-nesterov .mark")[1];
      mark.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      found.push(look());
      document.querySelector("#chosen .leave").click();
      document.querySelectorAll("#runs tbody tr")[20].click();
      const layer = document.getElementById("layer");
      layer.value = "dense2";
      layer.dispatchEvent(new Event("change"));
      const variant = document.querySelector(".variant");
      variant.value = "angle-nesterov";
      variant.dispatchEvent(new Event("change"));
      const filter = document.getElementById("filter");
      filter.value = "l2<0.05 lr=0.1";
      filter.dispatchEvent(new Event("input"));
      found.push(look());
      filter.value = "";
      filter.dispatchEvent(new Event("input"));
      for (const row of document.querySelectorAll("#runs tbody tr")) row.click();
      found.push(look());
      report(found);
      """
    let visit = try await Browser.visit(page(sample), script: script, in: TemporaryFolder())
    #expect(visit.console.isEmpty, "\(visit.console)")
    let found = try JSONDecoder().decode([Choice].self, from: visit.findings)
    try #require(found.count == 4)
    #expect(found[0].chosen == ["0001-0"] && found[0].lines == ["dense1", "dense2"], "the best run, a line a layer")
    // Norms 1.125 to 6; at the best step, 200, η/‖w‖² is 0.01/3.5².
    let row = try #require(found[0].table.first)
    #expect(
      Array(row.prefix(4)) == ["dense1", "1.125", "6", "–"] && row[5] == "8.16·10⁻⁴" && row.last == "200", "\(row)")
    let mean = (1...SampleSweep.windows).reduce(0) { $0 + 0.01 / pow(1 + 0.125 * Double($1), 2) } / 40
    #expect(abs((Double(row[4]) ?? 0) / mean - 1) < 1e-3, "the mean over the path: \(row[4])")
    #expect(found[1].chosen.count == 3 && found[1].chosen.first == "0001-0", "a mark stands for both seeds")
    #expect(found[1].lines.count == 3 && found[1].bands == 0, "three lines have no bands")
    // The first is left out; the others keep their colors, and the next takes the free one.
    let kept = Dictionary(zip(found[1].chosen, found[1].colors), uniquingKeysWith: { first, _ in first })
    let later = Dictionary(zip(found[2].chosen, found[2].colors), uniquingKeysWith: { first, _ in first })
    #expect(found[2].chosen.count == 3 && later["0021-0"] == found[1].colors[0])
    for name in found[1].chosen.dropFirst() { #expect(later[name] == kept[name], "\(name)") }
    #expect(found[2].layer == "dense2" && found[2].figure == "angle-nesterov" && found[2].rows == 8)
    #expect(found[3].chosen.count == 8 && found[3].full.contains("8 runs are chosen"))
    // Another reader of the same address sees the same.
    let again = try await Browser.visit(
      page(sample, address: String(found[2].address.dropFirst())), script: "\(Self.look) report([look()]);",
      in: TemporaryFolder())
    #expect(again.console.isEmpty, "\(again.console)")
    let reloaded = try #require(try JSONDecoder().decode([Choice].self, from: again.findings).first)
    #expect(Set(reloaded.chosen) == Set(found[2].chosen) && reloaded.layer == "dense2")
    #expect(reloaded.figure == "angle-nesterov" && reloaded.rows == 8 && reloaded.chosen == found[2].chosen)
    #expect(reloaded.colors == found[2].colors && Set(reloaded.pressed) == Set(found[2].pressed))
  }

  @Test("an address that names nothing of the report shows the best run")
  func strange() async throws {
    let visit = try await Browser.visit(
      page(SampleSweep(), address: "run=nobody&layer=x&figure=y&sort=-z&filter=%25"),
      script: "\(Self.look) report([look()]);",
      in: TemporaryFolder())
    #expect(visit.console.isEmpty, "\(visit.console)")
    let found = try JSONDecoder().decode([Choice].self, from: visit.findings)
    #expect(found.first?.chosen == ["0001-0"] && found.first?.rows == 24)
  }

  private struct Parsed: Decodable {
    let terms: [[String]]?
    let error: String?
  }

  @Test("the page's filter reads every example as the command line does, and says what it refuses")
  func filters() async throws {
    let examples = String(decoding: try JSONEncoder().encode(FilterExample.all), as: UTF8.self)
    let script = """
      report(\(examples).map(({ text }) => {
        try {
          return { terms: parseFilter(text, data.schema).map((t) => [t.column.name, t.sign, t.value]) };
        } catch (error) { return { error: error.message }; }
      }));
      """
    let visit = try await Browser.visit(page(SampleSweep()), script: script, in: TemporaryFolder())
    let found = try JSONDecoder().decode([Parsed].self, from: visit.findings)
    #expect(found.count == FilterExample.all.count)
    for (example, found) in zip(FilterExample.all, found) {
      #expect(found.terms?.map { Array($0.prefix(2)) } == example.terms?.map { Array($0.prefix(2)) }, "\(example.text)")
      for (term, expected) in zip(found.terms ?? [], example.terms ?? []) {
        #expect(term[2] == expected[2] || Double(term[2]) == Double(expected[2]), "\(example.text): \(term)")
      }
      guard let refusal = example.refusal else { continue }
      #expect(found.error?.contains(refusal) == true, "\(example.text): \(found.error ?? "accepted")")
    }
  }

  private struct Shown: Decodable {
    let folders: [String]
    let error: String
    let isInvalid: Bool
  }

  private static let texts = [
    "l2<0.1", "l2<0.05", "l2=5e-3", "l2!=0.005", "testError<5%", "testError>=0.05", "testError!=0.0425",
    "status=diverged",
    "status!=done", "projection=filter", "projection!=filter seed=2", "lr=0.1", "cause~finite", "cause!=x",
    "folder~0003",
    "optimizer~nest", "testLoss>0.1 trainLoss<=0.1", "seed>1", "started>2026-01-01", "ended>2026-01-01", "decay>0.05",
    "sweep~x",
    "network=mlp l2=0", "microbatch>1", "weightsSHA256=00",
  ]

  @Test("the page's filter shows the runs that tare runs --where finds; a refused one is said, and changes nothing")
  func matching() async throws {
    let sample = try SampleSweep()
    let texts = String(decoding: try JSONEncoder().encode(Self.texts + ["l2<"]), as: UTF8.self)
    let script = """
      const filter = document.getElementById("filter");
      report(\(texts).map((text) => {
        filter.value = text;
        filter.dispatchEvent(new Event("input"));
        return { folders: [...document.querySelectorAll("#runs tbody input")].map((e) => data.runs[e.value].folder.split("/").pop()),
          error: document.getElementById("filter-error").textContent, isInvalid: filter.getAttribute("aria-invalid") === "true" };
      }));
      """
    let visit = try await Browser.visit(page(sample), script: script, in: TemporaryFolder())
    #expect(visit.console.isEmpty, "\(visit.console)")
    let found = try JSONDecoder().decode([Shown].self, from: visit.findings)
    try #require(found.count == Self.texts.count + 1)
    let store = try RunStore(root: sample.folder.path)
    _ = try store.update()
    for (text, shown) in zip(Self.texts, found) {
      let expected = try store.runs(where: RunFilter(text)).map { URL(fileURLWithPath: $0.folder).lastPathComponent }
      #expect(shown.folders.sorted() == expected.sorted() && !shown.isInvalid && shown.error.isEmpty, "\(text)")
    }
    #expect(found.last?.isInvalid == true && found.last?.error.contains("\"l2<\" is invalid") == true)
    #expect(found.last?.folders == found.dropLast().last?.folders)
  }
}
