import Benchmarks
import Datasets
import NeuralNetwork
import OneDNN
import Optimization
import Parameters
import Records
import RunDefinition
import Specification
import Training

/// All measurements of `tare bench`.
struct BenchSuite {
  enum Part: String, CaseIterable {
    case step, system, memory, update, checkpoint, recovery, report, launch

    /// What is measured when nothing is asked for; the others take minutes each.
    static let usual: [Part] = [.step, .system, .memory, .update]
  }

  let parts: [Part]
  let seconds: Double
  let rounds: Int
  let python: String?
  /// Folder of CIFAR-10.
  let cifar: String?

  private static let networks: [NetworkSpec.Preset] = [.conv3, .conv4]
  private static let script = "cluster/peers/torch_step.py"

  /// - Parameter progress: told what begins.
  func run(progress: (String) -> Void) throws -> BenchResult {
    var result = BenchResult(
      tare: Version.text, host: HostFacts(isa: InstructionSet.current.rawValue), oneDNN: Library.version,
      oneDNNInstructionSet: Library.instructionSet, seconds: seconds)
    for part in parts {
      switch part {
      case .step: result.step = try step(progress)
      case .system: result.system = try system(progress)
      case .memory: result.memory = try memory(progress)
      case .update: result.update = try update(progress)
      case .checkpoint:
        progress("checkpoint: conv4, \(rounds + 1) hundreds of steps")
        result.checkpoint = try CheckpointBenchmark(rounds: rounds).run(.conv4)
      case .recovery:
        progress("recovery: conv3, \(2 * rounds) workers lost")
        result.recovery = try RecoveryBenchmark(rounds: rounds).run(.conv3)
      case .report:
        progress("report: \(ReportBenchmark.runs) runs")
        result.report = try ReportBenchmark(rounds: rounds).run()
      case .launch:
        progress("launch: mlp, \(rounds) rounds of runs of 1 and 9 steps")
        result.launch = try LaunchBenchmark(rounds: rounds).run()
      }
    }
    return result
  }

  private func step(_ progress: (String) -> Void) throws -> [StepBenchmark.Findings] {
    let benchmark = StepBenchmark(
      seconds: seconds, rounds: rounds, peer: python.map { (python: $0, script: Self.script) })
    return try Self.networks.compactMap { network in
      progress("step: \(network.rawValue), one thread\(python == nil ? "" : ", beside PyTorch")")
      let spec = RunSpec(measuring: network)
      let dataset = try Dataset(DatasetRequest(spec.dataset))
      return try benchmark.run(RunDefinition(spec: spec, images: DatasetSummary(dataset)), dataset)
    }
  }

  private func system(_ progress: (String) -> Void) throws -> [SystemBenchmark.Findings] {
    try Self.networks.compactMap { network in
      progress("system: \(network.rawValue), two workers beside one")
      return try SystemBenchmark(seconds: seconds, rounds: rounds).run(network)
    }
  }

  private func memory(_ progress: (String) -> Void) throws -> [MemoryBenchmark.Findings] {
    var datasets = [DatasetSpec()]
    if let cifar {
      var spec = DatasetSpec()
      spec.name = .cifar10
      spec.path = cifar
      datasets.append(spec)
    }
    return try datasets.compactMap { dataset in
      progress("memory: conv3 on \(dataset.name.rawValue)")
      var spec = RunSpec(measuring: .conv3)
      spec.dataset = dataset
      return try MemoryBenchmark.run(spec)
    }
  }

  private func update(_ progress: (String) -> Void) throws -> [UpdateBenchmark.Findings] {
    // About conv3's, one that fits into a cache, and one that does not.
    try [115_000, 1_000_000, 10_000_000].compactMap { count in
      progress("update: \(count) parameters, one thread")
      return try UpdateBenchmark(seconds: seconds / 2, rounds: rounds).run(parameters: count)
    }
  }
}

extension RunSpec {
  /// The run that everything is measured on: 128 images in microbatches of 32, Nesterov's momentum, glyphs, two
  /// workers and one server.
  init(measuring network: NetworkSpec.Preset) {
    self.init()
    self.network.preset = network
    optimizer.name = .standard
    optimizer.learningRate = 0.01
    optimizer[.momentum] = 0.9
    l2 = 2.5e-4
    batch = 128
    microbatch = 32
    execution.transport = .ipc
    execution.progress = .none
    self = resolved
  }
}
