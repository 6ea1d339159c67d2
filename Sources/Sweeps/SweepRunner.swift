package import Coordination
import Datasets
import Foundation
import Records
import Roles
import Synchronization
import Transport

/// Trains the runs of a sweep, several at a time.
///
/// A run that was done, or diverged, before is taken as it is; one that was cut off is begun anew. What fails is noted and
/// stops nobody else.
package final class SweepRunner: Sendable {
  private let parallel: Int
  private let finished: @Sendable (SweepOutcome) -> Void
  private let datasets = DatasetShelf()
  private let state = Mutex(State())

  private struct State {
    var interruption: Int32?
    var running: [ObjectIdentifier: Mailbox<CoordinatorRole.Notice>] = [:]
  }

  /// - Parameters:
  ///   - parallel: runs at a time.
  ///   - finished: told of every run that ends, or was done before, from any thread, one at a time.
  package init(parallel: Int, finished: @escaping @Sendable (SweepOutcome) -> Void) {
    precondition(parallel > 0, "somebody has to train")
    (self.parallel, self.finished) = (parallel, finished)
  }

  /// Ends the runs in hand; what was done before stays.
  package func interrupt(_ signal: Int32) {
    state.withLock { state in
      state.interruption = signal
      for notices in state.running.values { notices.post(.signal(signal)) }
    }
  }

  /// Trains all runs; their outcomes come back in the same order.
  ///
  /// - Throws: `RunError` with 128 + the signal if somebody interrupted.
  package func train(_ runs: [SweepRun], in folders: [String]) throws -> [SweepOutcome] {
    precondition(runs.count == folders.count, "a folder for each run")
    let next = Mutex(0)
    let outcomes = Mutex<[Int: SweepOutcome]>([:])
    let group = DispatchGroup()
    for _ in 0..<min(parallel, runs.count) {
      let thread = Thread { [self] in
        while true {
          let index = next.withLock { next in
            defer { next += 1 }
            return next
          }
          guard index < runs.count, let outcome = train(runs[index], in: folders[index]) else { break }
          outcomes.withLock { outcomes in
            outcomes[index] = outcome
            finished(outcome)
          }
        }
        group.leave()
      }
      thread.stackSize = 8 << 20
      group.enter()
      thread.start()
    }
    group.wait()
    if let signal = state.withLock({ $0.interruption }) {
      throw RunError(128 + signal, "interrupted by signal \(signal)")
    }
    let found = outcomes.withLock { $0 }
    return runs.indices.compactMap { found[$0] }
  }

  /// `nil` if somebody has interrupted.
  private func train(_ run: SweepRun, in folder: String) -> SweepOutcome? {
    func outcome(_ ending: SweepOutcome.Ending, isKept: Bool = false) -> SweepOutcome {
      SweepOutcome(run: run, folder: folder, ending: ending, isKept: isKept)
    }
    if let earlier = Self.ending(of: run, in: folder) { return outcome(earlier, isKept: true) }
    do {
      let notices = try Mailbox<CoordinatorRole.Notice>()
      let mayStart = state.withLock { state in
        state.running[ObjectIdentifier(notices)] = notices
        return state.interruption == nil
      }
      defer { state.withLock { $0.running[ObjectIdentifier(notices)] = nil } }
      guard mayStart else { return nil }
      if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
      var spec = run.spec
      spec.execution.output = folder
      return outcome(
        .done(try TrainingRun(spec.resolved, datasets: datasets).train(notices: notices) { _ in Silent() }))
    } catch {
      guard state.withLock({ $0.interruption == nil }) else { return nil }
      // The record says whether it has diverged; a run that never began has none.
      return outcome(Self.ending(of: run, in: folder) ?? .failed("\(RunError(error))"))
    }
  }

  /// What an earlier start of the sweep has left of a run, if that came to an end.
  private static func ending(of run: SweepRun, in folder: String) -> SweepOutcome.Ending? {
    // One that cannot be read was cut off while it was written.
    guard let data = FileManager.default.contents(atPath: folder + "/run.json"),
      let record = try? RunRecord(decoding: Array(data))
    else { return nil }
    switch record.status {
    case .done:
      guard let bytes = try? JSONEncoder().encode(record.result),
        let result = try? JSONDecoder().decode(RunResult.self, from: bytes)
      else { return nil }
      return .done(result)
    case .diverged: return .diverged(record.cause ?? "its numbers stopped being finite")
    case .running, .failed, .interrupted: return nil
    }
  }

  private final class Silent: RunObserver {}
}
