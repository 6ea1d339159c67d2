import Failures
import Foundation
import Records
package import Specification
import Synchronization
import Training

/// Trains the runs of a sweep, several at a time.
///
/// A run that was done, or diverged, before is taken as it is; one that was cut off is begun anew. What fails is noted and
/// stops nobody else.
package final class SweepRunner: Sendable {
  private let pool: RunPool
  private let finished: @Sendable (SweepOutcome) -> Void

  /// - Parameters:
  ///   - parallel: runs at a time.
  ///   - finished: told of every run that ends, or was done before, from any thread, one at a time.
  package init(parallel: Int, finished: @escaping @Sendable (SweepOutcome) -> Void) {
    pool = RunPool(parallel: parallel)
    self.finished = finished
  }

  /// Ends the runs in hand; what was done before stays.
  package func interrupt(_ signal: Int32) { pool.interrupt(signal) }

  /// Trains all runs; their outcomes come back in the same order.
  ///
  /// - Throws: `RunError` with 128 + the signal if somebody interrupted.
  package func train(_ runs: [SweepRun], of experiment: SweepExperiment, in folders: [String]) throws -> [SweepOutcome]
  {
    precondition(runs.count == folders.count, "a folder for each run")
    let outcomes = Mutex<[Int: SweepOutcome]>([:])
    pool.forEach(runs.count) { [self] index in
      guard let outcome = train(runs[index], of: experiment, in: folders[index]) else { return false }
      outcomes.withLock { outcomes in
        outcomes[index] = outcome
        finished(outcome)
      }
      return true
    }
    if let interruption = pool.interruption { throw interruption }
    let found = outcomes.withLock { $0 }
    return runs.indices.compactMap { found[$0] }
  }

  /// `nil` if somebody has interrupted.
  private func train(_ run: SweepRun, of experiment: SweepExperiment, in folder: String) -> SweepOutcome? {
    func outcome(_ ending: SweepOutcome.Ending, isKept: Bool = false) -> SweepOutcome {
      SweepOutcome(run: run, folder: folder, ending: ending, isKept: isKept)
    }
    if let earlier = Self.ending(in: folder) { return outcome(earlier, isKept: true) }
    do {
      guard pool.interruption == nil else { return nil }
      if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
      var spec = try run.launchable(pool.inputs.datasets)
      spec.execution.output = folder
      return outcome(.done(try pool.train(spec.resolved, hyperparameters: experiment.hyperparameters(of: run))))
    } catch {
      guard pool.interruption == nil else { return nil }
      // The record says whether it has diverged; a run that never began has none.
      return outcome(Self.ending(in: folder) ?? .failed("\(RunError(error))"))
    }
  }

  /// What an earlier start of the sweep has left of a run, if that came to an end.
  private static func ending(in folder: String) -> SweepOutcome.Ending? {
    guard let record = RunRecord(inFolder: folder) else { return nil }
    switch record.status {
    case .done: return record.runResult.map { .done($0) }
    case .diverged: return .diverged(record.cause ?? "its numbers stopped being finite")
    case .running, .failed, .interrupted: return nil
    }
  }
}
