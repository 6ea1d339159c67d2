import Benchmarks
import Datasets
import Foundation
import Launching
import Parameters
import Specification
import Training

/// What a server and two workers hold in memory while they train.
enum MemoryBenchmark {
  struct Findings: Hashable, Codable {
    let dataset: String
    let network: String
    let processes: Int
    /// Sum over the processes of the largest resident set: shared pages counted once for each.
    let peakResidentMB: Double
    /// Largest sum of the proportional sets: shared pages counted once.
    let proportionalMB: Double
  }

  /// Trains 100 steps and evaluates.
  static func run(_ spec: RunSpec) throws -> Findings? {
    var spec = spec
    spec.steps = 100
    spec.epochs = nil
    spec.execution.evaluateEvery = 100
    spec.execution.metricsEvery = 10
    let gauge = MemoryGauge()
    try MeasuredRun(spec: spec).run(observer: gauge)
    return Findings(
      dataset: spec.dataset.name.rawValue, network: spec.network.preset.rawValue, processes: gauge.processes,
      peakResidentMB: Double(gauge.peakResident) * 1e-6, proportionalMB: Double(gauge.proportional) * 1e-6)
  }
}

/// Reads the memory of the members at each logging window and after the evaluation.
private final class MemoryGauge: RunObserver {
  private(set) var processes = 0
  private(set) var peakResident = 0
  private(set) var proportional = 0

  func logged(version: Int, loss: Double?) { read() }
  func evaluated(version: Int, _ tally: Tally) { read() }

  private func read() {
    let members = ChildProcesses.of(getpid()).compactMap { ProcessMemory(of: $0) }
    processes = max(processes, members.count)
    peakResident = max(peakResident, members.map(\.peakResident).reduce(0, +))
    proportional = max(proportional, members.map(\.proportional).reduce(0, +))
  }
}
