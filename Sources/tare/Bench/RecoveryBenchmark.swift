import Benchmarks
import Coordination
import Dispatch
import Failures
import Foundation
import Launching
import Parameters
import Roles
import Specification
import Training
import Transport

/// The duration of a step in which a worker fails: killed, and stopped so that only its silence reveals it.
struct RecoveryBenchmark {
  struct Findings: Hashable, Codable {
    let network: String
    let workers: Int
    /// Seconds of a fault-free step.
    let step: Spread
    /// Seconds from SIGKILL, and from SIGSTOP, to the end of the current step.
    let killed: Spread
    let stopped: Spread
    /// The longest silence that is allowed, and two steps.
    let limit: Double
    var holds: Bool { max(killed.max, stopped.max) <= limit }
  }

  let rounds: Int

  /// - Parameter progress: told which part of the work is done.
  func run(_ network: NetworkSpec.Preset, progress: @escaping (Double) -> Void) throws -> Findings? {
    var spec = RunSpec(measuring: network)
    spec.execution.metricsEvery = 1
    // A number that is not reached: the last victim ends the run.
    spec.steps = 1_000_000
    spec.epochs = nil
    spec.execution.evaluateEvery = 1_000_000
    let notices = try Mailbox<CoordinatorRole.Notice>()
    let victims = Victims(workers: spec.execution.workers, rounds: rounds, progress: progress) {
      notices.post(.signal(SIGTERM))
    }
    do { try MeasuredRun(spec: spec, notices: notices).run(observer: victims) } catch let error as RunError {
      guard victims.isDone else { throw error }
    }
    guard let step = Spread(of: victims.steps), let killed = Spread(of: victims.killed),
      let stopped = Spread(of: victims.stopped)
    else { return nil }
    return Findings(
      network: network.rawValue, workers: spec.execution.workers, step: step, killed: killed, stopped: stopped,
      limit: Timing.longestLease + 2 * step.median)
  }
}

/// Kills and stops workers in turns, a few steps after everybody is back, and takes the times of the steps.
private final class Victims: RunObserver {
  private(set) var steps: [Double] = []
  private(set) var killed: [Double] = []
  private(set) var stopped: [Double] = []

  private let workers: Int
  private let rounds: Int
  private let progress: (Double) -> Void
  private let end: () -> Void
  private var last: ContinuousClock.Instant?
  private var victim: (signal: Int32, since: ContinuousClock.Instant)?
  /// Whether every member is present.
  private var isComplete = true
  private var calmSteps = 0
  private var round = 0

  init(workers: Int, rounds: Int, progress: @escaping (Double) -> Void, end: @escaping () -> Void) {
    (self.workers, self.rounds, self.progress, self.end) = (workers, rounds, progress, end)
  }

  var isDone: Bool { round == 2 * rounds && victim == nil }

  func happened(_ event: RunEvent) {
    if event.kind == .joined { (isComplete, calmSteps) = (true, 0) }
  }

  func logged(version: Int, loss: Double?) {
    let now = ContinuousClock.now
    defer { last = now }
    if let (signal, since) = victim {
      let seconds = since.duration(to: now).seconds
      if signal == SIGKILL { killed.append(seconds) } else { stopped.append(seconds) }
      victim = nil
      progress(Double(round) / Double(2 * rounds))
      if round == 2 * rounds { end() }
      return
    }
    guard isComplete else { return }
    calmSteps += 1
    if calmSteps > 1, let last { steps.append(last.duration(to: now).seconds) }
    guard calmSteps >= Self.calm, round < 2 * rounds,
      let process = ChildProcesses.member(Member(.worker, round / 2 % workers), of: getpid())
    else { return }
    let signal = round.isMultiple(of: 2) ? SIGKILL : SIGSTOP
    round += 1
    // In the middle of the step that follows.
    let middle = (Spread(of: steps)?.median ?? 0) / 2
    usleep(UInt32(middle * 1e6))
    victim = (signal, .now)
    isComplete = false
    kill(process, signal)
  }

  /// Fault-free steps between two victims.
  private static let calm = 20
}
