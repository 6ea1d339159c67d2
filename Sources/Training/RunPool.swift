package import Failures
import Foundation
package import Records
import Roles
package import Specification
import Synchronization
package import TensorBoard
import Transport

/// Trains runs in this process, several at a time, until it is interrupted. Runs share the images that they read.
package final class RunPool: Sendable {
  private let parallel: Int
  /// Of the runs of this process.
  package let inputs = RunInputs()
  private let state = Mutex(State())

  private struct State {
    var interruption: Int32?
    var running: [ObjectIdentifier: Mailbox<CoordinatorRole.Notice>] = [:]
  }

  /// - Parameter parallel: runs at a time.
  package init(parallel: Int) {
    precondition(parallel > 0, "at least one run at a time")
    self.parallel = parallel
  }

  /// Ends the running runs, and lets no other begin.
  package func interrupt(_ signal: Int32) {
    state.withLock { state in
      state.interruption = signal
      for notices in state.running.values { notices.post(.signal(signal)) }
    }
  }

  /// The error of every run that the interruption ended or prevented; `nil` before.
  package var interruption: RunError? {
    state.withLock { $0.interruption }.map { RunError(ExitCode.stopped(by: $0), "interrupted by signal \($0)") }
  }

  /// Trains one run without an observer.
  ///
  /// - Parameter hyperparameters: what sets it apart from others, for TensorBoard.
  /// - Throws: as `TrainingRun.train`; `interruption` after `interrupt`.
  package func train(_ spec: RunSpec, hyperparameters: [Hyperparameter] = []) throws -> RunResult {
    let notices = try Mailbox<CoordinatorRole.Notice>()
    state.withLock { $0.running[ObjectIdentifier(notices)] = notices }
    defer { state.withLock { $0.running[ObjectIdentifier(notices)] = nil } }
    if let interruption { throw interruption }
    return try TrainingRun(spec, inputs: inputs, hyperparameters: hyperparameters).train(notices: notices) { _ in
      Unwatched()
    }
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
