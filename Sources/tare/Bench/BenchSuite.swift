import Benchmarks
import Datasets
import Failures
import Foundation
import Launching
import NeuralNetwork
import OneDNN
import Optimization
import Parameters
import Records
import RunDefinition
import Specification
import Training

/// All measurements of `tare bench`.
package struct BenchSuite {
  enum Part: String, CaseIterable {
    case step, system, memory, update, messages, goodput, roundtrip, checkpoint, recovery, report, launch, straggler
    case breakdown, small, scale

    /// Whether a figure shows it: there is a limit, a peer, or a curve.
    var isDrawn: Bool { ![.messages, .recovery, .report, .launch].contains(self) }

    /// What measures PyTorch, too, if there is one.
    static let besidePeer: [Part] = [.step, .system, .memory, .small]

    /// What is measured when nothing is asked for; the others take minutes each.
    static let usual: [Part] = [.step, .system, .memory, .update, .messages, .goodput, .roundtrip]
  }

  let parts: [Part]
  let seconds: Double
  let rounds: Int
  let python: String?
  /// The program of `PsLitePeer`.
  let psLite: String?
  /// Folder of CIFAR-10.
  let cifar: String?
  /// Images of a microbatch in the part `step`.
  let microbatch: Int

  /// Of a step, whatever its microbatches.
  static let batch = 128

  private static let networks: [NetworkSpec.Preset] = [.conv3, .conv4]

  /// The other sides of comparisons, in the folder of the sources.
  private static let peers = "cluster/peers"

  /// - Returns: with the script for PyTorch, if there is a Python.
  private func peer(_ script: String) -> (python: String, script: String)? {
    python.map { (python: $0, script: "\(Self.peers)/\(script).py") }
  }

  /// It takes minutes until another program has its turn: whether it can is found out before.
  func checkPeers() throws {
    if let psLite {
      var isFolder: ObjCBool = false
      guard FileManager.default.isExecutableFile(atPath: psLite),
        unsafe FileManager.default.fileExists(atPath: psLite, isDirectory: &isFolder), !isFolder.boolValue
      else {
        throw UsageError(
          field: "ps-lite",
          "--ps-lite is \(psLite); accepted: the program built from \(Self.peers)/ps_lite_round_trip.cc.")
      }
    }
    if let python { try checkPyTorch(python) }
  }

  private func checkPyTorch(_ python: String) throws {
    guard FileManager.default.fileExists(atPath: Self.peers) else {
      throw UsageError(
        field: "python",
        "--python compares by programs in \(Self.peers), which is not here; run it in the source folder.")
    }
    let obstacle: String
    do {
      let ending = try Program("/usr/bin/env").run([python, "-c", "import torch; torch.ones(1)"], within: 120)
      guard ending.status != 0 else { return }
      // Python ends its traceback with what is wrong.
      obstacle = ending.complaint ?? "it ended with \(ending.status)"
    } catch {
      obstacle = error.description
    }
    throw UsageError(field: "python", "--python is \(python); accepted: a Python that imports torch (\(obstacle)).")
  }

  /// Of the names of measurements in which PyTorch may take part.
  private var besidePeer: String { python == nil ? "" : ", beside PyTorch" }

  /// In each precision that the library has here.
  private static let steps = networks.flatMap { network in
    ([.float] + (Library.hasBFloat16 ? [.bfloat16] : [])).map { (network, precision: $0 as RunSpec.Precision) }
  }

  /// How many measurements there are.
  package var count: Int {
    parts.reduce(0) { sum, part in
      switch part {
      case .step: sum + Self.steps.count
      case .system, .straggler, .breakdown: sum + Self.networks.count
      case .memory: sum + memorySubjects.count
      case .update: sum + Self.updates.count
      case .messages, .roundtrip: sum + MessageBenchmark.transports.count
      case .goodput: sum + GoodputBenchmark.Subject.all.count
      case .checkpoint, .recovery, .report, .launch, .small, .scale: sum + 1
      }
    }
  }

  /// One rule with about conv3's parameters, with as many as fit into a cache, and every rule with more than that.
  private static let updates =
    [115_000, 1_000_000].map { UpdateBenchmark.Subject($0, Momentum.self) }
    + UpdateBenchmark.Subject.all(10_000_000)

  /// The result before anything is measured.
  var nothing: BenchResult {
    BenchResult(
      tare: Version.text, host: HostFacts(isa: InstructionSet.current.rawValue), oneDNN: Library.version,
      oneDNNInstructionSet: Library.instructionSet, seconds: seconds)
  }

  /// - Parameters:
  ///   - meter: of `count` measurements.
  ///   - told: what is measured so far, before each part.
  func run(_ meter: ProgressMeter, told: (BenchResult) -> Void) throws -> BenchResult {
    let progress = BenchProgress(meter)
    var result = nothing
    for part in parts {
      told(result)
      switch part {
      case .step: result.step = try step(progress)
      case .system: result.system = try system(progress)
      case .memory: result.memory = try memory(progress)
      case .update: result.update = try update(progress)
      case .messages: result.messages = try messages(progress)
      case .goodput: result.goodput = try goodput(progress)
      case .roundtrip: result.roundTrips = try roundTrips(progress)
      case .checkpoint:
        let reached = progress.begin("checkpoint: conv4, \(rounds + 1) hundreds of steps")
        result.checkpoint = try CheckpointBenchmark(rounds: rounds).run(.conv4, progress: reached)
      case .recovery:
        let reached = progress.begin("recovery: conv3, \(2 * rounds) workers lost")
        result.recovery = try RecoveryBenchmark(rounds: rounds).run(.conv3, progress: reached)
      case .report:
        let reached = progress.begin("report: \(ReportBenchmark.runs) runs")
        result.report = try ReportBenchmark(rounds: rounds).run(progress: reached)
      case .launch:
        let reached = progress.begin("launch: mlp, \(rounds) rounds of runs of 1 and 9 steps")
        result.launch = try LaunchBenchmark(rounds: rounds).run(progress: reached)
      case .straggler: result.straggler = try straggler(progress)
      case .breakdown: result.breakdown = try breakdown(progress)
      case .small:
        let reached = progress.begin("small: mlp, one microbatch\(besidePeer)")
        result.small = try SmallBenchmark(seconds: seconds, rounds: rounds, peer: peer("torch_step"))
          .run(.mlp, progress: reached)
      case .scale:
        let reached = progress.begin("scale: conv3, up to 16 workers and 8 servers")
        result.scale = try ScaleBenchmark(seconds: seconds, rounds: rounds).run(.conv3, progress: reached)
      }
    }
    return result
  }

  private func step(_ progress: BenchProgress) throws -> [StepBenchmark.Findings] {
    let benchmark = StepBenchmark(seconds: seconds, rounds: rounds, peer: peer("torch_step"))
    return try Self.steps.compactMap { network, precision in
      let reached = progress.begin(
        "step: \(network.rawValue) in \(precision.rawValue), one thread\(besidePeer)")
      var spec = RunSpec(measuring: network)
      (spec.precision, spec.microbatch) = (precision, microbatch)
      let dataset = try Dataset(DatasetRequest(spec.dataset))
      return try benchmark.run(RunDefinition(spec: spec, images: DatasetSummary(dataset)), dataset, progress: reached)
    }
  }

  private func system(_ progress: BenchProgress) throws -> [SystemBenchmark.Findings] {
    try Self.networks.compactMap { network in
      let reached = progress.begin("system: \(network.rawValue), two workers beside one")
      return try SystemBenchmark(seconds: seconds, rounds: rounds, peer: peer("torch_ddp"))
        .run(network, progress: reached)
    }
  }

  private func straggler(_ progress: BenchProgress) throws -> [StragglerBenchmark.Findings] {
    try Self.networks.compactMap { network in
      let reached = progress.begin("straggler: \(network.rawValue), two workers, one of them stopped half of the time")
      return try StragglerBenchmark(seconds: seconds, rounds: rounds).run(network, progress: reached)
    }
  }

  private func breakdown(_ progress: BenchProgress) throws -> [BreakdownBenchmark.Findings] {
    try Self.networks.compactMap { network in
      let reached = progress.begin("breakdown: \(network.rawValue), two workers and a server")
      return try BreakdownBenchmark(seconds: seconds, rounds: rounds).run(network, progress: reached)
    }
  }

  private func memory(_ progress: BenchProgress) throws -> [MemoryBenchmark.Findings] {
    let benchmark = MemoryBenchmark(peer: peer("torch_step"))
    return try memorySubjects.compactMap { network, dataset in
      _ = progress.begin(
        "memory: \(network.rawValue) on \(dataset.name.rawValue)\(besidePeer)")
      var spec = RunSpec(measuring: network)
      spec.dataset = dataset
      return try benchmark.run(spec)
    }
  }

  private var memorySubjects: [(NetworkSpec.Preset, DatasetSpec)] {
    var subjects = Self.networks.map { ($0, DatasetSpec()) }
    if let cifar {
      var spec = DatasetSpec()
      spec.name = .cifar10
      spec.path = cifar
      subjects.append((.conv3, spec))
    }
    return subjects
  }

  private func update(_ progress: BenchProgress) throws -> [UpdateBenchmark.Findings] {
    try Self.updates.compactMap { subject in
      let reached = progress.begin("update: \(subject.title), \(subject.parameters) parameters, one thread")
      return try UpdateBenchmark(seconds: seconds / 4, rounds: rounds).run(subject, progress: reached)
    }
  }

  private func goodput(_ progress: BenchProgress) throws -> [GoodputBenchmark.Findings] {
    try GoodputBenchmark.Subject.all.compactMap { subject in
      let reached = progress.begin(
        "goodput: tensors of \(subject.megabytes) MB over \(subject.transport), beside libzmq")
      return try GoodputBenchmark(seconds: seconds / 4, rounds: rounds).run(subject, progress: reached)
    }
  }

  private func roundTrips(_ progress: BenchProgress) throws -> [RoundTripBenchmark.Findings] {
    try MessageBenchmark.transports.compactMap { transport in
      let reached = progress.begin(
        "round trip: 4 KB over \(transport), beside libzmq\(psLite == nil ? "" : " and ps-lite")")
      return try RoundTripBenchmark(seconds: seconds / 4, rounds: rounds, psLite: psLite).run(
        transport, progress: reached)
    }
  }

  private func messages(_ progress: BenchProgress) throws -> [MessageBenchmark.Findings] {
    try MessageBenchmark.transports.compactMap { transport in
      let reached = progress.begin("messages: over \(transport)")
      return try MessageBenchmark(seconds: seconds / 2, rounds: rounds).run(transport, progress: reached)
    }
  }
}

/// The progress of all measurements, from that of each.
final class BenchProgress {
  private let meter: ProgressMeter
  private var begun = 0

  init(_ meter: ProgressMeter) { self.meter = meter }

  /// A measurement begins.
  ///
  /// - Returns: what to call with the part of it that is done.
  func begin(_ name: String) -> (Double) -> Void {
    let before = begun
    begun += 1
    meter.tell(name)
    meter.advance(to: before)
    return { [meter] in meter.advance(to: Double(before) + min($0, 1)) }
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
    batch = BenchSuite.batch
    microbatch = 32
    execution.transport = .ipc
    execution.progress = .none
    self = resolved
  }
}
