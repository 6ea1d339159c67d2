import Benchmarks
import Datasets
import RunDefinition
import Specification

/// Small steps, of one microbatch through a small network: what a step costs beside its arithmetic, in one thread and in runs with a
/// worker and a server, beside PyTorch as it is and compiled.
struct SmallBenchmark {
  struct Findings: Hashable, Codable {
    let network: String
    let batch: Int
    /// All figures are images a second. Whole steps in one thread, without messages.
    let oneThread: MeasuredValue
    let processes: MeasuredValue
    let threads: MeasuredValue
    /// Of those that were asked for and could run.
    let torch: [Torch]

    /// Our median over that of PyTorch's loop of this kind.
    func ratio(of figure: MeasuredValue, to mode: TorchPeer.Mode) -> Double? {
      torch.first { $0.mode == mode }.map { figure.median / $0.imagesPerSecond.median }
    }
  }

  struct Torch: Hashable, Codable {
    let mode: TorchPeer.Mode
    let version: String
    let imagesPerSecond: MeasuredValue
  }

  /// Seconds of one measurement.
  let seconds: Double
  let rounds: Int
  /// An interpreter with PyTorch and the script of the other side.
  let peer: (python: String, script: String)?

  private static let batch = 32

  /// - Parameter progress: told which part of the work is done.
  func run(_ network: NetworkSpec.Preset, progress: (Double) -> Void) throws -> Findings? {
    var spec = RunSpec(measuring: network)
    (spec.batch, spec.microbatch) = (Self.batch, Self.batch)
    var threaded = spec
    (threaded.execution.launcher, threaded.execution.transport) = (.threads, .auto)
    let dataset = try Dataset(DatasetRequest(spec.dataset))
    let thread = try StepThread(RunDefinition(spec: spec, images: DatasetSummary(dataset)), dataset)
    defer { thread.close() }
    let torch = try peer.map { peer in
      try TorchPeer.Mode.allCases.map { mode in
        try TorchPeer(
          python: peer.python, script: peer.script, network: network.rawValue, batch: Self.batch, layout: "default",
          mode: mode)
      }
    }
    defer { for peer in torch ?? [] { peer.close() } }
    let (peers, children) = (torch ?? [], (torch ?? []).map(\.processID))

    func alone() throws -> Double {
      thread.begin(seconds: seconds)
      return try thread.result()
    }
    let run = RunSpeed(seconds: seconds)
    var expected = try alone() / 2
    var ours = (one: Rounds(), processes: Rounds(), threads: Rounds())
    var theirs = peers.map { _ in Rounds() }
    for round in 0..<rounds {
      try ours.one.measure(besides: children, alone)
      try ours.processes.measure(besides: children) { try run.measure(spec, workers: 1, expected: expected) }
      expected = ours.processes.measurement?.median ?? expected
      try ours.threads.measure(besides: children) { try run.measure(threaded, workers: 1, expected: expected) }
      for (index, peer) in peers.enumerated() {
        try theirs[index].measure(besides: children) { try peer.imagesPerSecond(over: seconds) }
      }
      progress(Double(round + 1) / Double(rounds))
    }
    guard let one = ours.one.measurement, let processes = ours.processes.measurement,
      let threads = ours.threads.measurement
    else { return nil }
    return Findings(
      network: network.rawValue, batch: Self.batch, oneThread: one, processes: processes, threads: threads,
      torch: zip(peers, theirs).compactMap { peer, rounds in
        rounds.measurement.map {
          Torch(mode: peer.mode, version: peer.greeting.torch, imagesPerSecond: $0)
        }
      })
  }
}
