import Benchmarks
import Coordination
import Datasets
import Failures
import Foundation
import Launching
import NeuralNetwork
import Optimization
import Parameters
import RunDefinition
import Specification
import Training

/// What a server and two workers hold in memory while they train; and a worker, beside PyTorch with the same network and batch.
struct MemoryBenchmark {
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
    let worker: Worker?
  }

  /// The server alone.
  struct Server: Hashable, Codable {
    let peakResidentMB: Double
    let proportionalMB: Double
    /// Weights of two versions, a gradient and its sum, and what the optimizer keeps, each as often as there are parameters; and
    /// 30 MB for the program.
    let limitMB: Double
  }

  /// The only worker of a run like this one.
  struct Worker: Hashable, Codable {
    let batch: Int
    let microbatch: Int
    let peakResidentMB: Double
    let proportionalMB: Double
    /// If it was asked for.
    let torch: Torch?
  }

  /// PyTorch's process after some steps of a whole batch.
  struct Torch: Hashable, Codable {
    let version: String
    let peakResidentMB: Double
    let proportionalMB: Double
  }

  /// An interpreter with PyTorch and the script of the other side.
  let peer: (python: String, script: String)?

  /// Trains 100 steps and evaluates, with two workers and with one.
  func run(_ spec: RunSpec) throws -> Findings? {
    var spec = spec
    spec.steps = 100
    spec.epochs = nil
    spec.execution.evaluateEvery = 100
    spec.execution.metricsEvery = 10
    let (gauge, gaugeOfOne) = (MemoryGauge(), MemoryGauge())
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(DatasetRequest(spec.dataset)))
    let layout = definition.architecture.layout
    let slots = layout.parameters.compactMap { definition.update(of: $0)?.0.rule.stateNames.count }.max() ?? 0
    try MeasuredRun(spec: spec).run(observer: gauge)
    var specOfOne = spec
    specOfOne.execution.workers = 1
    try MeasuredRun(spec: specOfOne).run(observer: gaugeOfOne)
    let torch = try peer.map { try Self.torch($0, spec) }
    return Findings(
      dataset: spec.dataset.name.rawValue, network: spec.network.preset.rawValue, processes: gauge.processes,
      peakResidentMB: gauge.peakResidentMB, proportionalMB: gauge.proportionalMB,
      server: gauge.server.map { server in
        Server(
          peakResidentMB: server.peakResidentMB, proportionalMB: server.proportionalMB,
          limitMB: Double((4 + slots) * 4 * layout.count) * 1e-6 + 30)
      },
      worker: gaugeOfOne.worker.map { worker in
        Worker(
          batch: spec.batch, microbatch: spec.microbatch, peakResidentMB: worker.peakResidentMB,
          proportionalMB: worker.proportionalMB, torch: torch)
      })
  }

  private static func torch(_ peer: (python: String, script: String), _ spec: RunSpec) throws -> Torch {
    let process = try TorchPeer(
      python: peer.python, script: peer.script, network: spec.network.preset.rawValue, batch: spec.batch,
      layout: "default")
    defer { process.close() }
    _ = try process.imagesPerSecond(over: 1)
    guard let memory = ProcessMemory(of: process.processID) else {
      throw RunError(ExitCode.unavailable, "PyTorch's process has ended")
    }
    return Torch(
      version: process.greeting.torch, peakResidentMB: memory.peakResidentMB,
      proportionalMB: memory.proportionalMB)
  }
}

/// Reads the memory of the members at each logging window and after the evaluation.
private final class MemoryGauge: RunObserver {
  private(set) var processes = 0
  private(set) var peakResidentMB = 0.0
  private(set) var proportionalMB = 0.0
  /// The first ones, when they held the most.
  private(set) var server: ProcessMemory?
  private(set) var worker: ProcessMemory?

  func logged(version: Int, loss: Double?) { read() }
  func evaluated(version: Int, _ tally: Tally) { read() }

  private func read() {
    let members = ChildProcesses.of(getpid()).compactMap { ProcessMemory(of: $0) }
    server = most(server, of: .server)
    worker = most(worker, of: .worker)
    processes = max(processes, members.count)
    peakResidentMB = max(peakResidentMB, members.map(\.peakResidentMB).reduce(0, +))
    proportionalMB = max(proportionalMB, members.map(\.proportionalMB).reduce(0, +))
  }

  private func most(_ before: ProcessMemory?, of role: Member.Role) -> ProcessMemory? {
    guard let process = ChildProcesses.member(Member(role, 0), of: getpid()), let now = ProcessMemory(of: process)
    else { return before }
    return now.proportional > before?.proportional ?? 0 ? now : before
  }
}
