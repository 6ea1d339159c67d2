import EffectiveLearningRate
import Foundation
import Parameters
import Records
import Specification
import TestSupport

/// The folder of a small sweep as `tare sweep` leaves it, with made-up results: 2 rates × 3 decays × free and projected × 2
/// seeds, one of them diverged.
struct SampleSweep {
  let folder: TemporaryFolder
  static let windows = 40

  /// Percent, by the place in the grid: no two cells are alike.
  static func error(rate: Int, decay: Int, isProjected: Bool, seed: Int) -> Double {
    4 + Double(rate) + 0.5 * Double(decay) + (isProjected ? 0.25 : 0) + 0.1 * Double(seed - 1)
  }

  /// - Parameters:
  ///   - change: what is different from nesterov behind batch norm.
  ///   - error: the test error by η and λ_d, in place of the made-up ones.
  init(
    _ normalizations: [Normalization] = [.batch], change: (inout RunSpec) -> Void = { _ in },
    error given: ((_ rate: Double, _ decay: Double) -> Double)? = nil
  ) throws {
    folder = try TemporaryFolder()
    try folder.write(Array("{}".utf8), to: "sweep.json")
    var number = 0
    for normalization in normalizations {
      for (i, rate) in [0.01, 0.1].enumerated() {
        for (j, decay) in [0, 0.01, 0.1].enumerated() {
          for isProjected in [false, true] {
            for seed in [1, 2] {
              number += 1
              let hasDiverged = i == 1 && j == 2 && isProjected && seed == 2
              let error =
                given?(rate, decay) ?? Self.error(rate: i, decay: j, isProjected: isProjected, seed: seed) / 100
              var spec = Self.spec(rate, decay, isProjected, seed)
              spec.normalization = normalization
              change(&spec)
              try write(number, spec, decay, error: hasDiverged ? nil : error)
            }
          }
        }
      }
    }
  }

  private static func spec(_ rate: Double, _ decay: Double, _ isProjected: Bool, _ seed: Int) -> RunSpec {
    var spec = RunSpec()
    spec.network.preset = .mlp
    spec.optimizer.learningRate = rate
    spec.l2 = decay / 2
    spec.projection = isProjected ? .filter : .none
    spec.projectionKeepsL2 = isProjected
    spec.steps = 400
    spec.seed = seed
    return spec
  }

  /// Gives the run of this number another end.
  func set(_ status: RunStatus, ofRun number: Int) throws {
    let path = folder.file("runs/\(String(format: "%04d", number))-0")
    guard var record = RunRecord(inFolder: path) else { throw CocoaError(.fileNoSuchFile) }
    record.status = status
    record.result = nil
    try Data(record.encoded()).write(to: URL(fileURLWithPath: path + "/run.json"))
  }

  private func write(_ number: Int, _ spec: RunSpec, _ decay: Double, error: Double?) throws {
    let path = folder.file("runs/\(String(format: "%04d", number))-0")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var record = RunRecord(
      spec: try JSONValue(encoding: spec.resolved), commandLine: ["tare", "sweep", "<plan>.yaml"],
      versions: ["tare": "1"],
      host: HostFacts(isa: "v3"))
    record.status = error == nil ? .diverged : .done
    record.cause = error == nil ? "the loss of step 7 is not finite" : nil
    if let error { record.result = try JSONValue(encoding: Self.result(path, error)) }
    try Data(record.encoded()).write(to: URL(fileURLWithPath: path + "/run.json"))
    var metrics = try MetricsFile(path + "/metrics.csv")
    for window in 1...Self.windows { metrics.append(Self.rows(window, rate: spec.optimizer.rate, decay: decay)) }
    try metrics.flush()
  }

  /// As a run of two layers writes them, among others that a report does not need.
  static func rows(_ window: Int, rate: Double, decay: Double) -> [MetricRow] {
    func row(_ layer: String, _ metric: MetricName, _ statistic: Statistic, _ value: Double?) -> MetricRow {
      MetricRow(step: window * 10, layer: layer, metric: metric, statistic: statistic, value: value)
    }
    // The best evaluation is that of step 200.
    let evaluations =
      window.isMultiple(of: 10) ? [row("", TestError.name, .mean, 0.1 + 0.001 * abs(Double(window) - 20))] : []
    return [row("", TrainLoss.name, .mean, 1 / Double(window)), row("", LearningRate.name, .last, rate)] + evaluations
      + ["dense1", "dense2", "head"].enumerated().flatMap { index, layer in
        let norm = (1 + Double(index) + 0.125 * Double(window)) / (1 + 10 * decay)
        return [
          row(layer, WeightNorm.name, .layer, 9), row(layer, WeightNorm.name, .p50, norm),
          row(layer, GradientNorm.name, .p50, 2),
          row(layer, EffectiveRate.name, .p50, layer == "head" ? nil : rate / (norm * norm)),
          row(layer, AngularUpdate.name, .rms, (rate / (norm * norm)).squareRoot()),
          row(layer, PredictedAngularUpdate.name, .rms, decay > 0 ? 0.02 : nil),
          row(layer, PredictedNorm.name, .p10, decay > 0 ? 0.5 : nil),
          row(layer, PredictedNorm.name, .p90, decay > 0 ? 0.75 : nil),
        ]
      }
  }

  private static func result(_ run: String, _ error: Double) -> RunResult {
    RunResult(
      run: run, steps: 400, epochs: 1, trainLoss: 0.1, testLoss: 0.2, testError: error, bestTestError: error,
      weightsSHA256: "00", samplesUsed: 1, imagesPerSecond: 1, seconds: 1, workers: 1, servers: 1, threads: 1,
      effectiveLearningRateDefinition: "η/‖w‖²", layers: [])
  }
}
