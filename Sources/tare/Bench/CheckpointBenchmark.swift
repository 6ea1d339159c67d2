import Benchmarks
import Foundation
import Launching
import Parameters
import Reports
import Specification
import Training

/// What a checkpoint every hundred steps costs: each hundred's first half, in which it is taken and written, beside the
/// second half, of one and the same run.
struct CheckpointBenchmark {
  struct Findings: Hashable, Codable {
    let network: String
    let batch: Int
    /// Steps between two checkpoints.
    let every: Int
    /// Images a second.
    let whileWriting: MeasuredValue
    let afterwards: MeasuredValue
    /// The time that a hundred steps take longer, as a fraction.
    let cost: MeasuredDifference
  }

  /// Hundreds of steps.
  let rounds: Int

  private static let every = 100

  /// - Parameter progress: told which part of the work is done.
  func run(_ network: NetworkSpec.Preset, progress: @escaping (Double) -> Void) throws -> Findings? {
    var spec = RunSpec(measuring: network)
    spec.execution.checkpointEvery = Self.every
    spec.execution.metricsEvery = Self.every / 2
    // The first hundred is for warming up, and ends with the first checkpoint that counts.
    spec.steps = (rounds + 1) * Self.every
    spec.epochs = nil
    spec.execution.evaluateEvery = spec.steps ?? 0
    let steps = Double((rounds + 1) * Self.every)
    let clock = HalvesClock(half: Self.every / 2) { progress(Double($0) / steps) }
    try MeasuredRun(spec: spec).run(observer: clock)
    let images = Double(Self.every / 2 * spec.batch)
    var (first, second) = (Rounds(), Rounds())
    for (index, half) in clock.halves.enumerated() {
      let round = Rounds.Round(value: images / half.seconds, foreignLoad: half.foreignLoad)
      if index.isMultiple(of: 2) { first.append(round) } else { second.append(round) }
    }
    let costs = stride(from: 1, to: clock.halves.count, by: 2).map { index in
      let (writing, afterwards) = (clock.halves[index - 1].seconds, clock.halves[index].seconds)
      return (writing - afterwards) / (2 * afterwards)
    }
    guard let first = first.measurement, let second = second.measurement,
      let cost = MeasuredDifference(of: costs)
    else {
      return nil
    }
    return Findings(
      network: network.rawValue, batch: spec.batch, every: Self.every, whileWriting: first, afterwards: second,
      cost: cost)
  }
}

/// Times the halves between two checkpoints, from the first checkpoint on.
private final class HalvesClock: RunObserver {
  private(set) var halves: [(seconds: Double, foreignLoad: Double)] = []
  private let half: Int
  private var began: (at: ContinuousClock.Instant, load: ForeignLoad)?

  private let reached: (Int) -> Void

  /// - Parameter reached: called with each step logged.
  init(half: Int, reached: @escaping (Int) -> Void) { (self.half, self.reached) = (half, reached) }

  func logged(version: Int, loss: Double?) {
    reached(version)
    if let (start, load) = began {
      halves.append((start.duration(to: .now).seconds, load.processors))
    }
    if version >= 2 * half { began = (.now, ForeignLoad(besides: ChildProcesses.of(getpid()))) }
  }
}
