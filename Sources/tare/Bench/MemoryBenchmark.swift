import Benchmarks
import Coordination
import Datasets
import Foundation
import Launching
import NeuralNetwork
import Optimization
import Parameters
import RunDefinition
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
    /// Absent in results of older programs.
    let server: Server?
  }

  /// The server alone.
  struct Server: Hashable, Codable {
    let peakResidentMB: Double
    let proportionalMB: Double
    /// Weights of two versions, a gradient and its sum, and what the optimizer keeps, each as often as there are parameters; and
    /// 30 MB for the program.
    let limitMB: Double
  }

  /// Trains 100 steps and evaluates.
  static func run(_ spec: RunSpec) throws -> Findings? {
    var spec = spec
    spec.steps = 100
    spec.epochs = nil
    spec.execution.evaluateEvery = 100
    spec.execution.metricsEvery = 10
    let gauge = MemoryGauge()
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(DatasetRequest(spec.dataset)))
    let layout = definition.architecture.layout
    let slots = layout.parameters.compactMap { definition.update(of: $0)?.0.rule.stateNames.count }.max() ?? 0
    try MeasuredRun(spec: spec).run(observer: gauge)
    return Findings(
      dataset: spec.dataset.name.rawValue, network: spec.network.preset.rawValue, processes: gauge.processes,
      peakResidentMB: Double(gauge.peakResident) * 1e-6, proportionalMB: Double(gauge.proportional) * 1e-6,
      server: gauge.server.map { server in
        Server(
          peakResidentMB: Double(server.peakResident) * 1e-6, proportionalMB: Double(server.proportional) * 1e-6,
          limitMB: Double((4 + slots) * 4 * layout.count) * 1e-6 + 30)
      })
  }
}

/// Reads the memory of the members at each logging window and after the evaluation.
private final class MemoryGauge: RunObserver {
  private(set) var processes = 0
  private(set) var peakResident = 0
  private(set) var proportional = 0
  /// The first one, when it held the most.
  private(set) var server: ProcessMemory?

  func logged(version: Int, loss: Double?) { read() }
  func evaluated(version: Int, _ tally: Tally) { read() }

  private func read() {
    let members = ChildProcesses.of(getpid()).compactMap { ProcessMemory(of: $0) }
    if let process = ChildProcesses.member(Member(.server, 0), of: getpid()), let now = ProcessMemory(of: process),
      now.proportional > server?.proportional ?? 0
    {
      server = now
    }
    processes = max(processes, members.count)
    peakResident = max(peakResident, members.map(\.peakResident).reduce(0, +))
    proportional = max(proportional, members.map(\.proportional).reduce(0, +))
  }
}
