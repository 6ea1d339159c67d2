package import Failures
import Foundation
package import Hosting
package import Records
import Roles
package import Specification
import Synchronization
package import TensorBoard
import Transport

/// Leads runs in this process, several at a time, until it is interrupted. Runs share the images that they read, and the hosts
/// that they are placed on.
package final class RunPool: Sendable {
  private let parallel: Int
  /// Of the runs of this process.
  package let inputs = RunInputs()
  private let state = Mutex(State())

  private struct State {
    var interruption: Int32?
    var running: [ObjectIdentifier: Mailbox<CoordinatorRole.Notice>] = [:]
    var hosts: Hosts?

    func refuseReservations(after signal: Int32) {
      hosts?.refuseReservations(because: "interrupted by signal \(signal)")
    }
  }

  /// - Parameter parallel: runs at a time.
  package init(parallel: Int) {
    precondition(parallel > 0, "at least one run at a time")
    self.parallel = parallel
  }

  /// Places servers and workers on hosts from now on; each run waits until one host has room for all of its own.
  package func use(_ hosts: Hosts) {
    state.withLock { state in
      state.hosts = hosts
      if let signal = state.interruption { state.refuseReservations(after: signal) }
    }
  }

  /// How often a run goes on after it was stopped because a host was lost and no other had room in time.
  private static let returns = 4

  /// Ends the running runs, and lets no other begin.
  package func interrupt(_ signal: Int32) {
    state.withLock { state in
      state.interruption = signal
      state.refuseReservations(after: signal)
      for notices in state.running.values { notices.post(.signal(signal)) }
    }
  }

  /// The error of every run that the interruption ended or prevented; `nil` before.
  package var interruption: RunError? {
    state.withLock { $0.interruption }.map { RunError(ExitCode.stopped(by: $0), "interrupted by signal \($0)") }
  }

  /// Trains one run without an observer. One that stops because its host was lost goes on from its last checkpoint when
  /// another host has room.
  ///
  /// - Parameter hyperparameters: what sets it apart from others, for TensorBoard.
  /// - Throws: as `TrainingRun.train`; `interruption` after `interrupt`.
  package func train(_ spec: RunSpec, hyperparameters: [Hyperparameter] = []) throws -> RunResult {
    guard let hosts = state.withLock({ $0.hosts }) else { return try train(spec, .new, hyperparameters, nil) }
    var returns = Self.returns
    while true {
      let reservation: Hosts.Reservation
      do { reservation = try hosts.reserve(slots: spec.execution.workers * spec.execution.threads) } catch {
        throw interruption ?? error
      }
      defer { hosts.release(reservation) }
      let record = spec.execution.output.flatMap(RunRecord.init(inFolder:))
      do {
        return try train(
          spec, record == nil ? .new : .resumed([]), hyperparameters,
          HostPlacement(hosts: hosts, reservation: reservation))
      } catch  where returns > 0 && interruption == nil && Self.mayReturn(after: error) {
        returns -= 1
      }
    }
  }

  private static func mayReturn(after error: any Error) -> Bool {
    [ExitCode.tryAgain, ExitCode.unavailable].contains(RunError(error).exitCode)
  }

  private func train(
    _ spec: RunSpec, _ origin: TrainingRun.Origin, _ hyperparameters: [Hyperparameter], _ placement: HostPlacement?
  ) throws -> RunResult {
    let notices = try Mailbox<CoordinatorRole.Notice>()
    state.withLock { $0.running[ObjectIdentifier(notices)] = notices }
    defer { state.withLock { $0.running[ObjectIdentifier(notices)] = nil } }
    if let interruption { throw interruption }
    let run = try TrainingRun(
      spec, origin: origin, inputs: inputs, hyperparameters: hyperparameters, placement: placement)
    return try run.train(notices: notices) { _ in Unwatched() }
  }

  /// Calls `body` with 0, 1 … below `count`, `parallel` at a time, and returns when all have returned.
  ///
  /// - Parameter body: on a thread of its own; after the first `false` no other index is begun.
  package func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Bool) {
    let next = Mutex(0)
    let group = DispatchGroup()
    for _ in 0..<min(parallel, count) {
      let thread = Thread {
        while case let index = next.withLock({ next in
          defer { next += 1 }
          return next
        }), index < count {
          if !body(index) { next.withLock { $0 = count } }
        }
        group.leave()
      }
      thread.stackSize = 8 << 20
      group.enter()
      thread.start()
    }
    group.wait()
  }

  private final class Unwatched: RunObserver {}
}
