import Foundation
import Records
import Reports
import TestSupport
import Testing

/// A few runs over one another.
@Suite("Overlay of runs")
struct RunOverlayTests {
  /// The first runs of a sample sweep, with their curves.
  private static func runs(_ count: Int, of sweep: SampleSweep) throws -> [(run: ReportRun, curves: RunCurves)] {
    try ReportSource(folders: [sweep.folder.path]).runs.prefix(count).map {
      ($0, RunCurves(metricsAt: $0.folder + "/metrics.csv", points: 1000))
    }
  }

  @Test("three panels with axes of their own, a line a run, the numbers of the runs' curves")
  func panels() throws {
    let runs = try Self.runs(3, of: SampleSweep())
    let figure = try #require(RunOverlay.figure(runs))
    #expect(figure.panels.map(\.title) == ["norm", "effective learning rate", "training loss"])
    #expect(figure.panels.allSatisfy { $0.y != nil && $0.series.count == 3 })
    #expect(figure.panels[1].y?.label == "η/‖w‖²")
    #expect(Set(figure.panels[0].series.map(\.name)).count == 3)
    for (index, entry) in runs.enumerated() {
      let norms = entry.curves.layers[0][.norm]
      let width = Double(entry.curves.steps.last ?? 0) / Double(figure.panels[0].series[index].points.count)
      #expect(width >= 1)
      let mean = norms.reduce(0, +) / Double(norms.count)
      let points = figure.panels[0].series[index].points.compactMap(\.y)
      #expect(abs(points.reduce(0, +) / Double(points.count) / mean - 1) < 1e-9)
      #expect(figure.panels[0].series[index].points.last?.x == entry.curves.steps.last.map(Double.init))
    }
    #expect(figure.svg.contains("‖w‖ of a filter") && figure.svg.contains("training loss, nats"))
  }

  @Test("one run, or more than eight, are no overlay", arguments: [1, 9])
  func limits(count: Int) throws {
    #expect(try RunOverlay.figure(Self.runs(count, of: SampleSweep())) == nil)
  }

  @Test("a layer that a run lacks is not drawn")
  func missing() throws {
    #expect(try RunOverlay.figure(Self.runs(2, of: SampleSweep()), layer: "conv9") == nil)
  }
}
