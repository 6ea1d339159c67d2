import EffectiveLearningRate
import Failures
import Foundation
import FoundationXML
import Optimization
import Parameters
import Records
import Reports
import Specification
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

  @Test("a point is the mean over seeds with its range; diverged runs are counted")
  func points() throws {
    let figure = try figure("error-nesterov")
    #expect(
      data.figures.map(\.id)
        == ["rate-nesterov", "angle-nesterov", "error-nesterov", "map-nesterov", "collapse-nesterov"])
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

  @Test("ridges pass through the best cells with constant η λ_d, for free runs only")
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

  @Test("cells of a map with only two rows lie within its axes")
  func within() throws {
    let map = try figure("map-nesterov")
    let boxes = ElementCounter.elements(of: map.svg, named: "rect").filter { $0["class"] == "cell" }
    // Both axes of each panel.
    let axes = ElementCounter.elements(of: map.svg, named: "line").filter { $0["stroke"] == "#444" }
    func numbers(_ elements: [[String: String]], _ names: String...) -> [Double] {
      elements.map { element in names.reduce(0) { $0 + (Double(element[$1] ?? "") ?? .nan) } }
    }
    #expect(boxes.count == 12 && axes.count == 4)
    let left = try #require(numbers(axes, "x1").min())
    let right = try #require(numbers(axes, "x2").max())
    let top = try #require(numbers(axes, "y1").min())
    let bottom = try #require(numbers(axes, "y2").max())
    #expect(numbers(boxes, "x").allSatisfy { $0 >= left - 0.1 })
    #expect(numbers(boxes, "x", "width").allSatisfy { $0 <= right + 0.2 })
    #expect(numbers(boxes, "y").allSatisfy { $0 >= top - 0.1 })
    #expect(numbers(boxes, "y", "height").allSatisfy { $0 <= bottom + 0.2 })
  }

  @Test("against η λ_d each run is placed at its product; runs without decay are left out")
  func collapse() throws {
    let series = try figure("collapse-nesterov").panels[0].series
    #expect(series.map { $0.points.map(\.x) } == [[0.01 * 0.01, 0.01 * 0.1], [0.1 * 0.01, 0.1 * 0.1]])
  }

  @Test("curves equal those of the general reader")
  func curves() throws {
    let path = source.runs[4].folder + "/metrics.csv"
    let rows = try MetricsFile.rows(at: path)
    let curves = RunCurves(metricsAt: path, points: 1000)
    #expect(curves.steps == (1...SampleSweep.windows).map { $0 * 10 })
    #expect(curves.layers.map(\.name) == ["dense1", "dense2"], "the head has no effective rate")
    func expected(_ layer: String, _ metric: MetricName, _ statistic: Statistic) -> [Double] {
      rows.filter { ($0.layer, $0.metric, $0.statistic) == (layer, metric, statistic) }.map { $0.value ?? .nan }
    }
    #expect(curves.trainLoss == expected("", TrainLoss.name, .mean))
    #expect(curves.layers[1][.norm] == expected("dense2", WeightNorm.name, .p50))
    #expect(curves.layers[0][.rate] == expected("dense1", EffectiveRate.name, .p50))
    #expect(curves.layers[0][.predictedNormHigh] == expected("dense1", PredictedNorm.name, .p90))
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

  @Test("a metrics file truncated within a line yields its complete lines")
  func tornCurves() throws {
    let path = source.runs[0].folder + "/metrics.csv"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes.removeLast(7)
    try bytes.write(to: URL(fileURLWithPath: path))
    let curves = RunCurves(metricsAt: path, points: 1000)
    #expect(curves.steps.count == SampleSweep.windows && curves.layers[1][.norm].allSatisfy { $0.isFinite })
  }

  @Test("each figure is written as well-formed SVG with all its marks, and as CSV with one line per mark")
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
      let legend = figure.legend.count { $0.color != nil } + figure.kinds.count
      #expect(counter.classes["mark", default: 0] + counter.classes["cell", default: 0] == figure.markCount + legend)
      let dataCount = figure.panels.reduce(0) { sum, panel in
        sum + panel.cells.count + panel.series.reduce(0) { $0 + $1.points.count }
      }
      let csv = String(
        decoding: try Data(contentsOf: URL(fileURLWithPath: "\(output)/figures/\(figure.id).csv")), as: UTF8.self)
      #expect(csv.split(separator: "\n").count == dataCount + 1)
      let hasPDF = written.contains("figures/\(figure.id).pdf")
      #expect(hasPDF == FileManager.default.fileExists(atPath: "\(output)/figures/\(figure.id).pdf"))
    }
    // Again in its place, and nowhere else.
    _ = try ReportFolder.write(data, curves: "[]", to: output)
    let left = try FileManager.default.contentsOfDirectory(atPath: sample.folder.path).sorted()
    #expect(left == ["report", "runs", "sweep.json"])
  }

  @Test("conditions of any length, and with any characters, are drawn and written")
  func longConditions() throws {
    let sample = try SampleSweep([.batch, .weight, .layer]) { spec in
      spec.dataset.test = [String(repeating: "\(spec.normalization.rawValue)/é ", count: 60)]
    }
    let data = ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
    #expect(data.figures.contains { $0.title.utf8.count > 255 })
    #expect(Set(data.figures.map(\.id)).count == data.figures.count)
    let output = sample.folder.file("report")
    let written = try ReportFolder.write(data, curves: "[]", to: output)
    #expect(written.allSatisfy { FileManager.default.fileExists(atPath: "\(output)/\($0)") })
  }

  @Test("a folder with other content is left unchanged")
  func occupied() throws {
    let error = #expect(throws: RecordError.self) {
      try ReportFolder.write(data, curves: "[]", to: sample.folder.path)
    }
    #expect(error.map { "\($0)" }?.contains("something other than a report") == true)
    #expect(try sample.folder.names == ["runs", "sweep.json"])
  }

  @Test("foreign files, pages and figures are left unchanged", arguments: ["file", "page", "figures"])
  func others(what: String) throws {
    let folder = try TemporaryFolder()
    let output = folder.file("report")
    let mine = what == "file" ? output : what == "page" ? output + "/index.html" : output + "/figures/notes.txt"
    if what == "figures" {
      try ReportFolder.write(data, curves: "[]", to: output)
    } else if what == "page" {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    }
    try Data("mine".utf8).write(to: URL(fileURLWithPath: mine))
    #expect(throws: RecordError.self) { try ReportFolder.write(data, curves: "[]", to: output) }
    #expect(FileManager.default.contents(atPath: mine) == Data("mine".utf8))
    #expect(try folder.names == ["report"])
  }

  @Test("a trailing slash names the same folder")
  func slash() throws {
    let folder = try TemporaryFolder()
    for _ in 1...2 { try ReportFolder.write(data, curves: "[]", to: folder.file("report/")) }
    #expect(try folder.names == ["report"])
    #expect(FileManager.default.fileExists(atPath: folder.file("report/index.html")))
  }

  @Test("a running run does not count as diverged; only runs that have ended make points")
  func training() throws {
    for number in [1, 5, 6] { try sample.set(.running, ofRun: number) }
    try sample.set(.interrupted, ofRun: 2)
    let data = ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
    let series = try #require(data.figures.first { $0.id == "error-nesterov" }).panels[0].series[0]
    #expect(series.points.map(\.x) == [0.1], "of the runs at 0 and 0.01 none has ended")
    #expect(series.points.map(\.runs) == [2] && series.points.map(\.lost) == [0])
    for number in 5...12 { try sample.set(.running, ofRun: number) }
    for number in 17...24 { try sample.set(.running, ofRun: number) }
    let first = ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
    #expect(first.figures.isEmpty, "all that have ended stand at 0: there is no line yet")
  }

  @Test("where one of two seeds is still training, the other alone makes the point, and none counts as lost")
  func halfTrained() throws {
    try sample.set(.running, ofRun: 9)
    try sample.set(.stopped, ofRun: 5)
    let data = ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
    let points = try #require(data.figures.first { $0.id == "error-nesterov" }).panels[0].series[0].points
    #expect(points.map(\.x) == [0, 0.01, 0.1])
    #expect(points.map(\.runs) == [2, 1, 1] && points.map(\.lost) == [0, 0, 0])
    for (place, point) in points.enumerated().dropFirst() {
      let error = SampleSweep.error(rate: 0, decay: place, isProjected: false, seed: 2)
      #expect(abs((point.y ?? 0) - error) < 1e-9 && point.low == point.high)
    }
  }

  @Test("panels that do not fit side by side become separate maps, free beside projected; no run is left out")
  func manyPanels() throws {
    let sample = try SampleSweep([.batch, .weight, .layer])
    let data = ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
    let errors = data.figures.filter { $0.id.hasPrefix("error-") }
    #expect(
      errors.map(\.id) == ["batch", "weight", "layer"].map { "error-nesterov-normalization-\($0)" })
    #expect(errors.allSatisfy { $0.panels.map(\.title) == ["not projected", "projected by filter"] })
    #expect(Set(data.figures.map(\.id)).count == data.figures.count)
    let marks = errors.flatMap(\.panels).flatMap(\.series).flatMap(\.points)
    #expect(marks.reduce(0) { $0 + $1.runs } == 72)
  }

  @Test("with decoupled decay the ridge of Adam is η λ_d, even if the first run has no decay")
  func decoupled() throws {
    let sample = try SampleSweep { spec in
      spec.optimizer.name = .init(Adam.self)
      (spec.weightDecay, spec.l2) = (2 * (spec.l2 ?? 0), nil)
    }
    let data = ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
    let map = try #require(data.figures.first { $0.id == "map-adam" })
    #expect(map.panels[0].ridges.map(\.exponent) == Array(repeating: -1, count: 5))
    #expect(data.figures.last?.x.label == "η·λ_d")
  }

  @Test("Adam's penalty passes through its normalization: ridges and collapse are those of η²·λ_d")
  func coupled() throws {
    let sample = try SampleSweep { $0.optimizer.name = .init(Adam.self) }
    let data = ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
    let map = try #require(data.figures.first { $0.id == "map-adam" })
    let main = try #require(map.panels[0].ridges.first { $0.isMain })
    #expect(main.label.hasPrefix("η²·λ_d = ") && map.panels[0].ridges.count == 5)
    // The best λ_d above 0 is 0.01 for both rates: ln(η²λ_d) is the mean of those of 1e-6 and 1e-4.
    for ridge in map.panels[0].ridges {
      let constants = [1e-3, 1e-2, 1e-1].map { decay in
        let rate = ridge.factor * pow(decay, ridge.exponent)
        return rate * rate * decay
      }
      #expect(constants.allSatisfy { abs($0 / constants[0] - 1) < 1e-9 }, "η²·λ_d is constant along a ridge")
      if ridge.isMain { #expect(abs(constants[0] / 1e-5 - 1) < 1e-9) }
    }
    let collapse = try #require(data.figures.first { $0.id == "collapse-adam" })
    #expect(collapse.x.label == "η²·λ_d")
    for (series, rate) in zip(collapse.panels[0].series, [0.01, 0.1]) {
      for (point, decay) in zip(series.points, [0.01, 0.1]) {
        #expect(abs(point.x / (rate * rate * decay) - 1) < 1e-12)
      }
    }
  }

  @Test("without a normalization there is no equilibrium, no ridge and no collapse")
  func plain() throws {
    let sample = try SampleSweep([.none])
    let data = ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
    let kinds = data.figures.map(\.id).filter { !$0.hasPrefix("rate") && !$0.hasPrefix("angle") }
    #expect(kinds == ["error-nesterov", "map-nesterov"])
    #expect(data.figures.filter { $0.id == "map-nesterov" }[0].panels.flatMap(\.ridges).isEmpty)
  }

  @Test("the axis shows λ of the weights' group, whatever l2 says")
  func decayOfGroup() throws {
    let sample = try SampleSweep { spec in
      spec.groups.weights.l2 = (spec.l2 ?? 0) * 4
      spec.l2 = 1e-3
    }
    let runs = try ReportSource(folders: [sample.folder.path]).runs
    let data = ReportData(title: "", runs: runs)
    let error = try #require(data.figures.first { $0.id == "error-nesterov" })
    #expect(error.x.label.hasPrefix("λ_d"))
    #expect(error.panels[0].series[0].points.map(\.x) == [0, 0.04, 0.4], "λ_d is twice the group's l2")
    #expect(data.columns == ["l2", "optimizer.learningRate", "projection"])
  }

  @Test("a sweep over the head's η has a panel and a column for each value")
  func conditionOfGroup() throws {
    let sample = try SampleSweep { spec in
      spec.groups.head.learningRate = spec.projection == .none ? 0.5 : 0.25
      (spec.projection, spec.projectionKeepsL2) = (.none, false)
    }
    let data = ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
    let error = try #require(data.figures.first { $0.id == "error-nesterov" })
    #expect(
      error.panels.map(\.title) == ["groups.head.learningRate 0.5", "groups.head.learningRate 0.25"])
    #expect(data.columns == ["groups.head.learningRate", "l2", "optimizer.learningRate"])
    #expect(try #require(error.panels.last).series[0].points.map(\.x) == [0, 0.01, 0.1])
  }

  @Test("unrelated runs have no figure but their overlay, and do not add panels to related ones")
  func strangers() throws {
    let two = ["0001-0", "0017-0"].map { sample.folder.file("runs/\($0)") }
    let alone = ReportData(title: "", runs: try ReportSource(folders: two).runs)
    #expect(alone.figures.map(\.id) == ["overlay"], "two runs of different η and λ")
    let free = try ReportSource(folders: [sample.folder.path]).runs.filter { $0.spec.projection == .none }
    let stranger = try ReportSource(folders: [sample.folder.path]).runs.filter { $0.spec.projection != .none }.prefix(1)
    let data = ReportData(title: "", runs: free + stranger)
    #expect(data.figures.map(\.id).contains("error-nesterov"))
    #expect(data.figures.filter { $0.group == nil }.allSatisfy { $0.panels.map(\.title) == ["not projected"] })
  }

  @Test("a run that is named twice counts once")
  func twice() throws {
    let path = sample.folder.path
    let again = try ReportSource(folders: [path, path + "/", path + "/runs/0001-0", path + "/runs/../runs/0002-0/"])
    #expect(again.runs.map(\.folder) == source.runs.map(\.folder))
  }

  @Test("a reused reader equals a new one after every change")
  func kept() throws {
    let reader = ReportReader()
    func check(_ what: Comment) throws {
      let folders = [sample.folder.path]
      let (kept, new) = (try ReportSource(folders: folders, reader: reader), try ReportSource(folders: folders))
      let (keptData, newData) = (ReportData(title: "", runs: kept.runs), ReportData(title: "", runs: new.runs))
      #expect(try keptData.json() == newData.json() && kept.unread == new.unread, what)
      let places = new.runs.map(\.folder)
      #expect(CurvesText.json(ofRunsIn: places, reader: reader) == CurvesText.json(ofRunsIn: places), what)
      #expect(CurvesText.json(ofRunsIn: [places[0]], reader: reader) == CurvesText.json(ofRunsIn: [places[0]]), what)
    }
    try check("at first")
    try check("again")
    try sample.set(.failed, ofRun: 3)
    try check("a run has another end")
    let metrics = sample.folder.file("runs/0001-0/metrics.csv")
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: metrics))
    try file.seekToEnd()
    try file.write(contentsOf: Data("4000,,trainLoss,mean,0.125\n4000,conv,effectiveLearningRate,p50,2\n".utf8))
    try file.close()
    try check("a run has logged")
    try FileManager.default.removeItem(atPath: sample.folder.file("runs/0005-0"))
    try Data("{".utf8).write(to: URL(fileURLWithPath: sample.folder.file("runs/0006-0/run.json")))
    try FileManager.default.removeItem(atPath: metrics)
    try check("runs are gone or damaged")
  }

  @Test("a damaged run is reported, and the others are drawn")
  func damaged() throws {
    let record = sample.folder.file("runs/0003-0/run.json")
    try Data("{".utf8).write(to: URL(fileURLWithPath: record))
    let source = try ReportSource(folders: [sample.folder.path])
    #expect(source.runs.count == 23 && source.unread == [sample.folder.file("runs/0003-0")])
    let error = #expect(throws: UsageError.self) { try ReportSource(folders: [source.unread[0]]) }
    #expect(error?.exitCode == 65 && error?.description.contains("0003-0/run.json is damaged") == true)
  }

  @Test("claims are read as tare claims writes them")
  func claims() throws {
    func verdict(_ number: Int, _ holds: Bool?...) -> Verdict {
      let findings = holds.map { Finding("a", expected: "0", measured: "1", tolerance: "2", holds: $0) }
      return Verdict(
        claim: number, group: .exact, statement: "a < b", source: "section 2", findings: findings, seconds: 1)
    }
    let report = ClaimsRecord(
      verdicts: [verdict(1, true, nil), verdict(2, true, false), verdict(3, nil)], folder: "", setting: "")
    let folder = try TemporaryFolder()
    try folder.write(Array(JSONEncoder().encode(report)), to: "claims.json")
    let source = try ReportSource(folders: [folder.path])
    #expect(source.claims.map(\.claim) == [1, 2, 3] && source.claims.map(\.holds) == report.verdicts.map(\.holds))
    #expect(source.title.hasPrefix("Claims "))
    try folder.write(Array("{}".utf8), to: "claims.json")
    let error = #expect(throws: RecordError.self) { try ReportSource(folders: [folder.path]) }
    #expect(error?.exitCode == 65 && error?.description.contains("claims.json is damaged") == true)
  }

  @Test("a folder without runs is refused")
  func nothing() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: (any Error).self) { try ReportSource(folders: [folder.path]) }
    #expect(error.map { "\($0)" }?.contains("holds no run") == true)
  }
}
