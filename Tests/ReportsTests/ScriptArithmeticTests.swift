import Foundation
import Reports
import TestSupport
import Testing

/// The page's script draws by itself what `tare report` also writes as SVG; both must put the same number in the same place.
@Suite("Scales and colors of the page's script", .enabled(if: !Browser.isMissing, "no chromium is installed"))
struct ScriptArithmeticTests {
  static let samples: [[Double]] = [
    [0, 1e-3, 1e-2, 1], [0.1, 0.2, 0.3], [4, 9.3, 4], [7], [0, 0], [-3, 5, 0.25], [1e-12, 1, 3e8], [0, 1e-9, 1e-2],
    [1.4142, 1.4143], [0, 0.5, 1, 2, 3, 30], [89.3, 89.5, 90], [0, 0, 4.25, 4.5, 90],
  ]

  private struct Finding: Codable {
    var places: [Double]
    var ticks: [Double]
    var edges: [Double]
    var colors: [String]
    var dark: [Bool]
  }

  private static let script = """
    const hexadecimal = (text) => "#" + text.match(/\\d+/g).map((n) => Number(n).toString(16).padStart(2, "0")).join("");
    report(samples.flatMap((values) => [false, true].map((logarithmic) => {
      const s = scale(values, logarithmic, 10, 310, 0.04), cells = edges(values, s), colors = cellColors(values);
      return {
        places: values.map(s.at), ticks: s.ticks(6), edges: values.flatMap((v) => cells(v)),
        colors: values.map((v) => hexadecimal(colors.color(v))), dark: values.map(colors.isDark),
      };
    })));
    """

  @Test("are those of the figures")
  func same() async throws {
    let samples = String(decoding: try JSONEncoder().encode(Self.samples), as: UTF8.self)
    let page = try ReportPage(ReportData(title: "", runs: []), curves: "[]").html()
    let visit = try await Browser.visit(
      page, script: "const samples = \(samples);\n\(Self.script)", in: TemporaryFolder())
    #expect(visit.console.isEmpty, "\(visit.console)")
    let found = try JSONDecoder().decode([Finding].self, from: visit.findings)
    let expected = Self.samples.flatMap { values in
      [false, true].map { isLogarithmic in
        let scale = Scale(of: values, logarithmic: isLogarithmic, from: 10, to: 310, room: 0.04)
        let (edges, colors) = (CellEdges(values, scale), CellColors(values))
        return Finding(
          places: values.map(scale.position), ticks: scale.ticks(6),
          edges: values.flatMap { [edges.edges(of: $0).0, edges.edges(of: $0).1] },
          colors: values.map(colors.hexadecimal), dark: values.map(colors.isDark))
      }
    }
    #expect(found.count == expected.count)
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      let what: Comment = "\(Self.samples[index / 2]), logarithmic \(index % 2 == 1)"
      #expect(Self.agree(found.places, expected.places), what)
      #expect(Self.agree(found.ticks, expected.ticks), what)
      #expect(Self.agree(found.edges, expected.edges), what)
      #expect(found.colors == expected.colors && found.dark == expected.dark, what)
    }
  }

  private static func agree(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
  }
}
