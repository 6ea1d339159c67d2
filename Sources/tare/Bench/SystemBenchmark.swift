import Benchmarks
import Datasets
import Parameters
import Reports
import RunDefinition
import Specification

/// Training on real processes: two workers and a server beside one worker and a server, beside whole steps in one thread, and
/// beside two workers' parts of each step in two threads without any messages.
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
    let ratioToTwiceOneWorker: Double
    let ratioToTwiceOneThread: Double
    let ratioToTwoThreads: Double
  }

  /// Seconds of one measurement, start-up and evaluation not counted.
  let seconds: Double
  let rounds: Int

  /// - Parameter progress: told which part of the work is done.
  func run(_ network: NetworkSpec.Preset, progress: (Double) -> Void) throws -> Findings? {
    let spec = RunSpec(measuring: network)
    let dataset = try Dataset(DatasetRequest(spec.dataset))
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(dataset))
    let whole = [try StepThread(definition, dataset)]
    let halves = try (0..<2).map { _ in try StepThread(definition, dataset, ofOneIn: 2) }
    defer { for thread in whole + halves { thread.close() } }

    func speed(of threads: [StepThread]) throws -> Double {
      for thread in threads { thread.begin(seconds: seconds) }
      return try threads.map { try $0.result() }.reduce(0, +)
    }
    let run = RunSpeed(seconds: seconds)
    var (two, one, alone, together) = (Rounds(), Rounds(), Rounds(), Rounds())
    var expected = try speed(of: whole)
    for round in 0..<rounds {
      try two.measure { try run.measure(spec, workers: 2, expected: 2 * expected) }
      try alone.measure { try speed(of: whole) }
      try one.measure { try run.measure(spec, workers: 1, expected: expected) }
      try together.measure { try speed(of: halves) }
      expected = alone.measurement?.median ?? expected
      progress(Double(round + 1) / Double(rounds))
    }
    guard let two = two.measurement, let one = one.measurement, let alone = alone.measurement,
      let together = together.measurement
    else {
      return nil
    }
    return Findings(
      network: network.rawValue, batch: spec.batch, twoWorkers: two, oneWorker: one, oneThread: alone,
      twoThreads: together, ratioToTwiceOneWorker: two.median / (2 * one.median),
      ratioToTwiceOneThread: two.median / (2 * alone.median), ratioToTwoThreads: two.median / together.median)
  }
}
