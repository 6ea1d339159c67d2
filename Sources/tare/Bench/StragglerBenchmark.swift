import Benchmarks
import Coordination
import Datasets
import Foundation
import Launching
import Specification
import Synchronization

/// Two workers, of which one is stopped half of the time, beside one worker that is not: what a straggler costs a synchronous run,
/// and asynchronous ones.
struct StragglerBenchmark {
  struct Findings: Hashable, Codable {
    let network: String
    let batch: Int
    /// Seconds that the worker is stopped, and then runs.
    let pause: Double
    /// All figures are images a second.
    let oneWorker: MeasuredValue
    let modes: [Mode]

    struct Mode: Hashable, Codable {
      let name: String
      let twoWorkers: MeasuredValue
      /// Of 1.5 workers, which is what there is.
      let ratioToOneAndAHalf: Double
    }
  }

  let seconds: Double
  let rounds: Int

  private static let pause = 0.05
  private static let modes: [(name: String, staleness: StalenessBound, backup: Int?)] = [
    ("synchronous", .versions(0), nil), ("--backup 1", .versions(0), 1), ("--staleness 1", .versions(1), nil),
    ("--staleness 4", .versions(4), nil), ("--staleness unbounded", .unbounded, nil),
  ]

  /// - Parameter progress: told which part of the work is done.
  func run(_ network: NetworkSpec.Preset, progress: (Double) -> Void) throws -> Findings? {
    let spec = RunSpec(measuring: network)
    let speed = RunSpeed(seconds: seconds)
    var (one, two) = (Rounds(), Self.modes.map { _ in Rounds() })
    var expected = 1000.0
    for round in 0..<rounds {
      try one.measure { try speed.measure(spec, workers: 1, expected: expected) }
      expected = one.measurement?.median ?? expected
      for (index, mode) in Self.modes.enumerated() {
        var spec = spec
        (spec.staleness, spec.backup) = (mode.staleness, mode.backup)
        let straggler = Straggler(Member(.worker, 1), pause: Self.pause)
        try two[index].measure {
          try speed.measure(
            spec, workers: 2, expected: 1.5 * expected, begin: straggler.begin, end: straggler.end)
        }
      }
      progress(Double(round + 1) / Double(rounds))
    }
    guard let one = one.measurement else { return nil }
    let modes = zip(Self.modes, two).compactMap { mode, rounds in
      rounds.measurement.map {
        Findings.Mode(name: mode.name, twoWorkers: $0, ratioToOneAndAHalf: $0.median / (1.5 * one.median))
      }
    }
    return Findings(
      network: network.rawValue, batch: spec.batch, pause: Self.pause, oneWorker: one, modes: modes)
  }
}

/// Stops a child process again and again, for as long as it then runs.
private final class Straggler: Sendable {
  private let member: Member
  private let pause: Double
  private let isEnding = Mutex(false)

  init(_ member: Member, pause: Double) { (self.member, self.pause) = (member, pause) }

  func begin() {
    guard let process = ChildProcesses.member(member, of: getpid()) else { return }
    let thread = Thread { [self] in
      while !isEnding.withLock({ $0 }) {
        kill(process, SIGSTOP)
        Thread.sleep(forTimeInterval: pause)
        kill(process, SIGCONT)
        Thread.sleep(forTimeInterval: pause)
      }
    }
    thread.start()
  }

  func end() { isEnding.withLock { $0 = true } }
}
