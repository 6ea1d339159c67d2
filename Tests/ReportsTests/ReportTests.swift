import Foundation
import FoundationXML
import Records
import Reports
import TestSupport
import Testing

@Suite("Reports")
struct ReportTests {
  private let sample: SampleSweep
  private let source: ReportSource
  private let data: ReportData

  init() throws {
    sample = try SampleSweep()
    source = try ReportSource(folders: [sample.folder.path])
    data = ReportData(title: source.title, runs: source.runs)
  }

  private func figure(_ id: String) throws -> Figure { try #require(data.figures.first { $0.id == id }) }

  @Test("a point is the mean over the seeds with its range; what diverged is counted")
  func points() throws {
    let figure = try figure("error-nesterov")
    #expect(data.figures.map(\.id) == ["error-nesterov", "map-nesterov", "collapse-nesterov"])
    #expect(figure.panels.map(\.title) == ["not projected", "projected by filter"])
    #expect(figure.legend.map(\.name) == ["η 0.01", "η 0.1"])
    let series = figure.panels[1].series[1]
    #expect(series.points.map(\.x) == [0, 0.01, 0.1])
    let middle = series.points[1]
    #expect(abs((middle.y ?? 0) - (5 + 0.5 + 0.25 + 0.05)) < 1e-9)
    #expect(abs((middle.low ?? 0) - 5.75) < 1e-9 && abs((middle.high ?? 0) - 5.85) < 1e-9)
    #expect((middle.runs, middle.lost) == (2, 0))
    #expect((series.points[2].runs, series.points[2].lost) == (2, 1))
  }

  @Test("ridges go through the best cells: η λ_d is the same along each, for free runs only")
  func ridges() throws {
    let figure = try figure("map-nesterov")
    #expect(figure.panels[1].ridges.isEmpty)
    let ridges = figure.panels[0].ridges
    #expect(ridges.count == 5 && ridges.count(where: \.isMain) == 1)
    // The best λ_d above 0 is 0.01 for both rates: the mean of ln(η λ_d) is that of 1e-4 and 1e-3.
    for ridge in ridges where ridge.isMain {
      let constant = pow(10, -3.5)
      for decay in [1e-3, 1e-2, 1e-1] {
        #expect(abs(ridge.factor * pow(decay, ridge.exponent) * decay / constant - 1) < 1e-9)
      }
    }
  }

  @Test("against η λ_d a run stands at its product, those without decay nowhere")
  func collapse() throws {
    let series = try figure("collapse-nesterov").panels[0].series
    #expect(series.map { $0.points.map(\.x) } == [[0.01 * 0.01, 0.01 * 0.1], [0.1 * 0.01, 0.1 * 0.1]])
  }

  @Test("curves are what the general reader finds")
  func curves() throws {
    let path = source.runs[4].folder + "/metrics.csv"
    let rows = try MetricsFile.rows(at: path)
    let curves = RunCurves(metricsAt: path, points: 1000)
    #expect(curves.steps == (1...SampleSweep.windows).map { $0 * 10 })
    #expect(curves.layers.map(\.name) == ["dense1", "dense2"], "the head has no effective rate")
    func expected(_ layer: String, _ metric: String, _ statistic: String) -> [Double] {
      rows.filter { ($0.layer, $0.metric, $0.statistic) == (layer, metric, statistic) }.map { $0.value ?? .nan }
    }
    #expect(curves.trainLoss == expected("", "trainLoss", "mean"))
    #expect(curves.layers[1][.norm] == expected("dense2", "weightNorm", "p50"))
    #expect(curves.layers[0][.rate] == expected("dense1", "effectiveLearningRate", "p50"))
    #expect(curves.layers[0][.predictedNormHigh] == expected("dense1", "predictedNorm", "p90"))
    #expect(RunCurves(metricsAt: path, points: 25).steps.count == 25)
    #expect(RunCurves(metricsAt: path, points: 2).steps == [10, 400])
    // Looked into at some places: every number is still that of its step.
    let some = RunCurves(metricsAt: path, points: 9)
    #expect(some.steps.first == 10 && some.steps.last == 400 && 8...9 ~= some.steps.count)
    for (step, norm) in zip(some.steps, some.layers[1][.norm]) {
      #expect(norm == curves.layers[1][.norm][step / 10 - 1])
    }
    #expect(RunCurves(metricsAt: "/nowhere/metrics.csv", points: 5).steps.isEmpty)
  }

  @Test("a metrics file that was cut off in a line gives what is whole")
  func tornCurves() throws {
    let path = source.runs[0].folder + "/metrics.csv"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes.removeLast(7)
    try bytes.write(to: URL(fileURLWithPath: path))
    let curves = RunCurves(metricsAt: path, points: 1000)
    #expect(curves.steps.count == SampleSweep.windows && curves.layers[1][.norm].allSatisfy { $0.isFinite })
  }

  @Test("files: each figure as SVG that an XML reader takes, with all its marks, and as CSV with a line a mark")
  func files() throws {
    let output = sample.folder.file("report")
    let written = try ReportFolder.write(
      data, curves: CurvesText.json(ofRunsIn: source.runs.map(\.folder)), to: output)
    #expect(written.first == "index.html")
    for figure in data.figures {
      let svg = try Data(contentsOf: URL(fileURLWithPath: "\(output)/figures/\(figure.id).svg"))
      let counter = ElementCounter()
      let parser = XMLParser(data: svg)
      parser.delegate = counter
      #expect(parser.parse(), "\(figure.id): \(String(describing: parser.parserError))")
      let legend = figure.legend.count
      #expect(counter.classes["mark", default: 0] + counter.classes["cell", default: 0] == figure.markCount + legend)
      let csv = String(
        decoding: try Data(contentsOf: URL(fileURLWithPath: "\(output)/figures/\(figure.id).csv")), as: UTF8.self)
      #expect(csv.split(separator: "\n").count == figure.markCount + 1)
      let hasPDF = written.contains("figures/\(figure.id).pdf")
      #expect(hasPDF == FileManager.default.fileExists(atPath: "\(output)/figures/\(figure.id).pdf"))
    }
    // Again in its place, and nowhere else.
    _ = try ReportFolder.write(data, curves: "[]", to: output)
    let left = try FileManager.default.contentsOfDirectory(atPath: sample.folder.path).sorted()
    #expect(left == ["report", "runs", "sweep.json"])
  }

  @Test("a folder that holds something else is left alone")
  func occupied() throws {
    let error = #expect(throws: RecordError.self) {
      try ReportFolder.write(data, curves: "[]", to: sample.folder.path)
    }
    #expect(error.map { "\($0)" }?.contains("holds something else than a report") == true)
    #expect(try sample.folder.names == ["runs", "sweep.json"])
  }

  @Test("a folder without runs is refused")
  func nothing() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: (any Error).self) { try ReportSource(folders: [folder.path]) }
    #expect(error.map { "\($0)" }?.contains("holds no run that has begun") == true)
  }
}

/// Counts elements by their class.
private final class ElementCounter: NSObject, XMLParserDelegate {
  var classes: [String: Int] = [:]

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if let name = attributes["class"] { classes[name, default: 0] += 1 }
  }
}
