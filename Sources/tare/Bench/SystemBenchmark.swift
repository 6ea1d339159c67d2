import Benchmarks
import Datasets
import Launching
import Parameters
import Reports
import RunDefinition
import Specification

/// Training on real processes: two workers and a server beside one worker and a server, beside whole steps in one thread, and
/// beside two workers' parts of each step in two threads without any messages, alone and waiting for each other.
struct SystemBenchmark {
  struct Findings: Hashable, Codable {
    let network: String
    let batch: Int
    /// All figures are images a second.
    let twoWorkers: MeasuredValue
    let oneWorker: MeasuredValue
    /// `StepBenchmark`'s step in one thread.
    let oneThread: MeasuredValue
    /// Load the weights, compute and sum half of the microbatches, in two threads: what two workers could do if new weights came
    /// by themselves.
    let twoThreads: MeasuredValue
    /// The same two, each waiting after a step until the other has finished its own, as any synchronous run must; absent in
    /// results of older programs.
    let twoThreadsInStep: MeasuredValue?
    let ratioToTwiceOneWorker: Double
    let ratioToTwiceOneThread: Double
    let ratioToTwoThreads: Double
    let ratioToTwoThreadsInStep: Double?
    /// PyTorch's way to train on two processes; absent without it, and in results of older programs.
    let ddp: DDP?
  }

  /// Two processes of a thread each, over gloo, and two workers and a server with microbatches of the same size.
  struct DDP: Hashable, Codable {
    let version: String
    /// PyTorch's faster one.
    let layout: String
    let microbatch: Int
    let imagesPerSecond: MeasuredValue
    let ours: MeasuredValue
    let ratio: Double
  }

  /// Seconds of one measurement, start-up and evaluation not counted.
  let seconds: Double
  let rounds: Int
  /// An interpreter with PyTorch and the script of the other side.
  let peer: (python: String, script: String)?

  /// - Parameter progress: told which part of the work is done.
  func run(_ network: NetworkSpec.Preset, progress: (Double) -> Void) throws -> Findings? {
    let spec = RunSpec(measuring: network)
    let dataset = try Dataset(DatasetRequest(spec.dataset))
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(dataset))
    let whole = [try StepThread(definition, dataset)]
    let halves = try (0..<2).map { _ in try StepThread(definition, dataset, ofOneIn: 2) }
    let torch = try ["default", "channels_last"].compactMap { layout in
      try peer.map {
        try TorchPeer(
          python: $0.python, script: $0.script, network: network.rawValue, batch: spec.batch, layout: layout)
      }
    }
    defer {
      for thread in whole + halves { thread.close() }
      for peer in torch { peer.close() }
    }
    let children = torch.flatMap { [$0.processID] + ChildProcesses.of($0.processID) }
    var even = spec
    even.microbatch = spec.batch / 2

    func speed(of threads: [StepThread], inStep: Bool = false) throws -> Double {
      let barrier = inStep ? StepBarrier(count: threads.count) : nil
      for thread in threads { thread.begin(seconds: seconds, inStepWith: barrier) }
      return try threads.map { try $0.result() }.reduce(0, +)
    }
    let run = RunSpeed(seconds: seconds)
    var (two, one, alone, together, evenly) = (Rounds(), Rounds(), Rounds(), Rounds(), Rounds())
    var inStep = Rounds()
    var theirs = torch.map { _ in Rounds() }
    var expected = try speed(of: whole)
    for round in 0..<rounds {
      try two.measure(besides: children) { try run.measure(spec, workers: 2, expected: 2 * expected) }
      try alone.measure(besides: children) { try speed(of: whole) }
      try one.measure(besides: children) { try run.measure(spec, workers: 1, expected: expected) }
      try together.measure(besides: children) { try speed(of: halves) }
      try inStep.measure(besides: children) { try speed(of: halves, inStep: true) }
      for (index, peer) in torch.enumerated() {
        try theirs[index].measure(besides: children) { try peer.imagesPerSecond(over: seconds) }
      }
      if !torch.isEmpty {
        try evenly.measure(besides: children) { try run.measure(even, workers: 2, expected: 2 * expected) }
      }
      expected = alone.measurement?.median ?? expected
      progress(Double(round + 1) / Double(rounds))
    }
    guard let two = two.measurement, let one = one.measurement, let alone = alone.measurement,
      let together = together.measurement, let inStep = inStep.measurement
    else {
      return nil
    }
    let best = zip(torch, theirs).compactMap { peer, rounds in rounds.measurement.map { (peer, $0) } }
      .max { $0.1.median < $1.1.median }
    let ddp = evenly.measurement.flatMap { ours in
      best.map { peer, figure in
        DDP(
          version: peer.greeting.torch, layout: peer.greeting.layout, microbatch: even.microbatch,
          imagesPerSecond: figure, ours: ours, ratio: ours.median / figure.median)
      }
    }
    return Findings(
      network: network.rawValue, batch: spec.batch, twoWorkers: two, oneWorker: one, oneThread: alone,
      twoThreads: together, twoThreadsInStep: inStep, ratioToTwiceOneWorker: two.median / (2 * one.median),
      ratioToTwiceOneThread: two.median / (2 * alone.median), ratioToTwoThreads: two.median / together.median,
      ratioToTwoThreadsInStep: two.median / inStep.median, ddp: ddp)
  }
}
