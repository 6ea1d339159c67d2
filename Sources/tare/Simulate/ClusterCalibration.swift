import Benchmarks
import Datasets
import Failures
import Foundation
import NeuralNetwork
import Optimization
import Parameters
import Records
import RunDefinition
import Simulation
import Specification

/// What work costs, from measurements of `tare bench`.
struct ClusterCalibration {
  private let definition: RunDefinition

  init(_ definition: RunDefinition) { self.definition = definition }

  /// From a file of `tare bench --json`.
  func read(_ path: String) throws -> ClusterCosts {
    let result = try BenchResult(file: path, of: "costs")
    let network = definition.spec.network.preset.rawValue
    return try costs(
      step: result.step?.first { $0.title == network }, updates: result.update ?? [],
      messages: result.messages ?? [], source: "--costs is \(path), which")
  }

  /// On this machine, in some seconds.
  func measure(_ meter: ProgressMeter) throws -> ClusterCosts {
    let progress = BenchProgress(meter)
    let (seconds, rounds) = (0.5, 3)
    let dataset = try Dataset(DatasetRequest(definition.spec.dataset))
    let reached = progress.begin("\(definition.spec.network.preset.rawValue), one thread")
    let step = try StepBenchmark(seconds: seconds, rounds: rounds, peer: nil).run(
      definition, dataset, progress: reached)
    let update = try UpdateBenchmark(seconds: seconds, rounds: rounds).run(
      UpdateBenchmark.Subject(max(definition.architecture.layout.count, Self.fewestParameters), Momentum.self),
      progress: progress.begin("update"))
    let messages = try MessageBenchmark.transports.compactMap {
      try MessageBenchmark(seconds: seconds, rounds: rounds).run($0, progress: progress.begin("messages over \($0)"))
    }
    return try costs(step: step, updates: update.map { [$0] } ?? [], messages: messages, source: "this machine")
  }

  static let measurements = 2 + MessageBenchmark.transports.count
  private static let fewestParameters = 115_000

  private func costs(
    step: StepBenchmark.Findings?, updates: [UpdateBenchmark.Findings], messages: [MessageBenchmark.Findings],
    source: String
  ) throws(UsageError) -> ClusterCosts {
    func missing(_ part: String) -> UsageError {
      UsageError(
        field: "costs", "\(source) has no \(part); accepted: all of 'tare bench --json' with conv3 or conv4.",
        exitCode: ExitCode.badData)
    }
    guard let step else { throw missing("step of \(definition.spec.network.preset.rawValue)") }
    let count = definition.architecture.layout.count
    guard let update = updates.min(by: { abs($0.parameters - count) < abs($1.parameters - count) }) else {
      throw missing("update")
    }
    guard let remote = messages.first(where: { $0.transport == "tcp" }),
      let local = messages.first(where: { $0.transport == "ipc" })
    else { throw missing("messages") }
    return ClusterCosts(
      microbatchSeconds: Double(step.microbatch) / step.ours.median,
      sumBytesPerSecond: update.add.gigabytesPerSecond * 1e9,
      updateBytesPerSecond: update.withMetrics.gigabytesPerSecond * 1e9,
      messageSeconds: remote.microsecondsPerMessage.median * 1e-6,
      sealBytesPerSecond: remote.loopGigabytesPerSecond.median * 1e9,
      socketBytesPerSecond: remote.socketGigabytesPerSecond.median * 1e9,
      localBytesPerSecond: local.socketGigabytesPerSecond.median * 1e9)
  }
}
