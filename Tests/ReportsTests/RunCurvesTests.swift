import EffectiveLearningRate
import Foundation
import Parameters
import Records
import Reports
import TestSupport
import Testing

@Suite("Curves of a run")
struct RunCurvesTests {
  private func row(
    _ step: Int, _ layer: String, _ metric: MetricName, _ statistic: Statistic, _ value: Double?
  ) -> MetricRow {
    MetricRow(step: step, layer: layer, metric: metric, statistic: statistic, value: value)
  }

  private func curves(_ rows: [MetricRow], points: Int = 100) throws -> RunCurves {
    let folder = try TemporaryFolder()
    var file = try MetricsFile(folder.file("metrics.csv"))
    file.append(rows)
    try file.flush()
    return RunCurves(metricsAt: folder.file("metrics.csv"), points: points)
  }

  @Test("every evaluation is found, however few windows are kept; train errors and torn lines are none")
  func evaluations() throws {
    let rows = (1...500).flatMap { step -> [MetricRow] in
      let evaluation = [row(step, "", TestError.name, .mean, 1 / Double(step)), row(step, "", TestLoss.name, .mean, 2)]
      return [row(step, "", TrainError.name, .mean, 0.5), row(step, "dense1", EffectiveRate.name, .p50, 1)]
        + (step % 100 == 7 ? evaluation : [])
    }
    let found = try curves(rows, points: 5)
    #expect(found.evaluations.map(\.step) == [7, 107, 207, 307, 407])
    #expect(found.evaluations.map(\.testError) == [7, 107, 207, 307, 407].map { 1 / Double($0) })
    let folder = try TemporaryFolder()
    try folder.write(
      Array("step,layer,metric,statistic,value\n10,,testError,mean,0.5\n20,,testError,mean,0.2".utf8), to: "m")
    #expect(RunCurves(metricsAt: folder.file("m"), points: 5).evaluations.map(\.step) == [10])
  }

  @Test("a run that evaluated again after a resume has one error for each step")
  func again() throws {
    let rows = [10, 20, 30, 20, 30].enumerated().map { row($1, "", TestError.name, .mean, Double($0)) }
    let found = try curves(rows).evaluations
    #expect(found.map(\.step) == [10, 20, 30] && found.map(\.testError) == [0, 3, 4])
  }

  @Test("the mean over the path is arithmetic over steps and geometric over layers; undefined values are left out")
  func pathMean() throws {
    let rates: [(String, [Double?])] = [("a", [1, 2, 3, nil]), ("b", [8, 8, 8, 8])]
    let rows = (0..<4).flatMap { index in
      rates.map { row(index + 1, $0.0, EffectiveRate.name, .p50, $0.1[index]) }
    }
    let found = try curves(rows)
    #expect(abs((found.pathMean(.rate) ?? 0) - 4) < 1e-12)
    #expect(found.pathMean(.angle) == nil)
  }

  private func equilibrium(_ rates: [Double], _ states: [Double], _ constant: Double) throws -> String? {
    let rows = rates.indices.flatMap { index in
      [
        row(10 * index + 10, "", LearningRate.name, .last, rates[index]),
        row(10 * index + 10, "dense1", EffectiveRate.name, .p50, 1),
        row(10 * index + 10, "dense1", InEquilibrium.name, .layer, states[index]),
        row(10 * index + 10, "dense1", EquilibriumTimeConstant.name, .layer, constant / rates[index]),
      ]
    }
    let sample = try SampleSweep()
    let path = sample.folder.file("runs/0001-0/metrics.csv")
    try FileManager.default.removeItem(atPath: path)
    var file = try MetricsFile(path)
    file.append(rows)
    try file.flush()
    let runs = try ReportSource(folders: [sample.folder.file("runs/0001-0")]).runs
    let json = try JSONSerialization.jsonObject(with: Data(ReportData(title: "", runs: runs).json().utf8))
    let first = ((json as? [String: Any])?["runs"] as? [[String: Any]])?.first
    return first?["equilibrium"] as? String
  }

  @Test("the page says whether the norms are in equilibrium, and how many steps that takes")
  func words() throws {
    #expect(try equilibrium([1, 1, 1], [0, 0, 1], 5) == "in equilibrium: all layers")
    #expect(
      try equilibrium([1, 1, 1], [0, 0, 0], 2512)
        == "not yet in equilibrium: all layers; needs about 2500 steps, had 30")
    #expect(try equilibrium([1, 1, 1], [0, 0, 0], 5) == "not in equilibrium: all layers")
  }

  @Test("the end of a schedule, where the rate is near 0, does not count for the equilibrium")
  func schedule() throws {
    #expect(try equilibrium([1, 0.5, 1e-9], [0, 1, 0], 5) == "in equilibrium: all layers")
    #expect(
      try equilibrium([1, 0.5, 1e-9], [0, 0, 0], 300)
        == "not yet in equilibrium: all layers; needs about 400 steps, had 30", "1 over the mean of 1/300 and 1/600")
  }

  @Test("the figures and the curves of one report read each metrics.csv once")
  func once() throws {
    let sample = try SampleSweep()
    let reader = ReportReader()
    let runs = try ReportSource(folders: [sample.folder.path], reader: reader).runs
    let data = ReportData(title: "", runs: runs, reader: reader)
    let expected = CurvesText.json(ofRunsIn: runs.map(\.folder))
    // Rewritten without a trace in the file's stamp: what comes next has to be what was read before.
    for run in runs {
      let path = run.folder + "/metrics.csv"
      var times = stat()
      #expect(unsafe stat(path, &times) == 0)
      let length = try Data(contentsOf: URL(fileURLWithPath: path)).count
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.write(contentsOf: Data(repeating: UInt8(ascii: "x"), count: length))
      try file.close()
      var kept = [times.st_atim, times.st_mtim]
      #expect(unsafe utimensat(AT_FDCWD, path, &kept, 0) == 0)
    }
    #expect(CurvesText.json(ofRunsIn: runs.map(\.folder), reader: reader) == expected)
    #expect(!data.figures.isEmpty)
  }
}
