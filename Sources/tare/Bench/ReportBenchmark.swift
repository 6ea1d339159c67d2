import Benchmarks
import EffectiveLearningRate
import Foundation
import Launching
import Parameters
import Records
import Reports
import Specification

/// How long the report of a large sweep takes, and how large it is: made-up runs, which record what a report draws.
struct ReportBenchmark {
  struct Findings: Hashable, Codable {
    let runs: Int
    let loggedSteps: Int
    let layers: Int
    /// Of all `metrics.csv`.
    let metricsBytes: Int
    /// From the folders to the page.
    let seconds: Spread
    /// To read the same runs again when two of them have logged since, as the live page does.
    let again: Spread
    /// Of the page.
    let pageBytes: Int
  }

  let rounds: Int

  static let runs = 500
  private static let loggedSteps = 1000
  private static let layers = 5

  /// - Parameter progress: told which part of the work is done.
  func run(progress: (Double) -> Void) throws -> Findings? {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let rates = (0..<5).map { 1e-3 * pow(10, Double($0) / 2) }
    var folders: [String] = []
    for index in 0..<Self.runs {
      let folder = "\(scratch.path)/runs/\(String(format: "%04d", index))"
      try write(folder, rate: rates[index % 5], decay: pow(10, Double(index / 5 % 10) / 2 - 4), seed: index / 50)
      folders.append(folder)
      progress(0.5 * Double(index + 1) / Double(Self.runs))
    }
    let metricsBytes = try folders.reduce(0) { sum, folder in
      try sum + (FileManager.default.attributesOfItem(atPath: folder + "/metrics.csv")[.size] as? Int ?? 0)
    }
    var (times, later, bytes): ([Double], [Double], Int) = ([], [], 0)
    for round in 0..<rounds {
      let reader = ReportReader()
      func read() throws -> (ReportData, curves: String) {
        let source = try ReportSource(folders: [scratch.path], reader: reader)
        return (
          ReportData(title: source.title, runs: source.runs, reader: reader),
          CurvesText.json(ofRunsIn: source.runs.map(\.folder), reader: reader)
        )
      }
      var began = ContinuousClock.now
      let (data, curves) = try read()
      _ = try ReportFolder.write(data, curves: curves, to: scratch.path + "/report")
      times.append(began.duration(to: .now).seconds)
      bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/report/index.html")).count
      for folder in folders.prefix(2) {
        var metrics = try MetricsFile(folder + "/metrics.csv")
        metrics.append(Self.rows(Self.loggedSteps + round + 1, rate: 1e-3))
        try metrics.flush()
      }
      began = .now
      _ = try read()
      later.append(began.duration(to: .now).seconds)
      progress(0.5 + 0.5 * Double(round + 1) / Double(rounds))
    }
    guard let seconds = Spread(of: times), let again = Spread(of: later) else { return nil }
    return Findings(
      runs: Self.runs, loggedSteps: Self.loggedSteps, layers: Self.layers, metricsBytes: metricsBytes, seconds: seconds,
      again: again, pageBytes: bytes)
  }

  private func write(_ folder: String, rate: Double, decay: Double, seed: Int) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var spec = RunSpec(measuring: .mlp)
    (spec.optimizer.learningRate, spec.l2, spec.seed, spec.steps) = (rate, decay / 2, seed, Self.loggedSteps)
    var record = RunRecord(
      spec: try JSONValue(encoding: spec.resolved), commandLine: ["tare", "bench"], versions: [:],
      host: HostFacts(isa: InstructionSet.current.rawValue))
    record.status = .done
    record.result = try JSONValue(
      encoding: RunResult(
        run: folder, steps: Self.loggedSteps, epochs: 1, trainLoss: 0.1, testLoss: 0.1,
        testError: 0.05 + 0.01 * abs(log10(rate * decay)), bestTestError: nil, weightsSHA256: "", samplesUsed: 1,
        imagesPerSecond: 1, seconds: 1, workers: 1, servers: 1, threads: 1, effectiveLearningRateDefinition: "η/‖w‖²",
        layers: []))
    try Data(record.encoded()).write(to: URL(fileURLWithPath: folder + "/run.json"))
    var metrics = try MetricsFile(folder + "/metrics.csv")
    for step in 1...Self.loggedSteps { metrics.append(Self.rows(step, rate: rate)) }
    try metrics.flush()
  }

  /// What `execution.metrics=trainLoss,learningRate,weightNorm,effectiveLearningRate,angularUpdate,predictedNorm,predictedAngularUpdate`
  /// records.
  private static func rows(_ step: Int, rate: Double) -> [MetricRow] {
    func row(_ layer: String, _ metric: MetricName, _ statistic: Statistic, _ value: Double) -> MetricRow {
      MetricRow(step: step, layer: layer, metric: metric, statistic: statistic, value: value)
    }
    let quantiles: [Statistic] = [.min, .p10, .p50, .p90, .max]
    let network = [
      row("", TrainLoss.name, .mean, 1 / Double(step).squareRoot()), row("", LearningRate.name, .last, rate),
    ]
    return network
      + (1...layers).flatMap { layer -> [MetricRow] in
        let name = "conv\(layer)"
        let norm = 1 + Double(layer) / Double(step).squareRoot()
        let metrics = [WeightNorm.name, EffectiveRate.name, AngularUpdate.name, PredictedNorm.name]
        return metrics.enumerated().flatMap { index, metric in
          quantiles.map { row(name, metric, $0, norm / Double(index + 3)) }
        } + [
          row(name, WeightNorm.name, .layer, norm), row(name, AngularUpdate.name, .rms, norm / 7),
          row(name, PredictedAngularUpdate.name, .rms, norm / 11), row(name, PredictedNorm.name, .layer, norm / 13),
        ]
      }
  }
}
