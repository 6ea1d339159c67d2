import Failures
import Foundation
package import Hosting
import Records
package import Specification
import Synchronization
import Training

/// Trains the runs of a sweep, several at a time.
///
/// Runs that are done or diverged already are kept; an incomplete run is trained again from the start. A run that fails is
/// recorded; the sweep continues.
package final class SweepRunner: Sendable {
  private let pool: RunPool
  private let finished: @Sendable (SweepOutcome) -> Void

  /// - Parameters:
  ///   - parallel: runs at a time.
  ///   - finished: called for every run that ends or was kept, from any thread, one at a time.
  package init(parallel: Int, finished: @escaping @Sendable (SweepOutcome) -> Void) {
    pool = RunPool(parallel: parallel)
    self.finished = finished
  }

  /// Places servers and workers on hosts.
  package func use(_ hosts: Hosts) { pool.use(hosts) }

  /// Ends the running runs; finished ones are kept.
  package func interrupt(_ signal: Int32) { pool.interrupt(signal) }

  /// Compares the data of the runs that are kept with the data that the others would be trained on.
  ///
  /// - Throws: `IdentityError` for the first run whose data were others.
  package func checkData(of runs: [SweepRun], in folders: [String]) throws {
    for (run, folder) in zip(runs, folders) {
      guard let record = RunRecord(inFolder: folder), Self.completion(in: folder) != nil else { continue }
      try pool.inputs.checkData(of: run.spec, against: record, in: folder, allowance: "--allow-other-data")
    }
  }

  /// Trains all runs; their outcomes come back in the same order.
  ///
  /// - Throws: `RunError` with exit code 128 + signal after `interrupt`.
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

  /// - Returns: `nil` after `interrupt`.
  private func train(_ run: SweepRun, of experiment: SweepExperiment, in folder: String) -> SweepOutcome? {
    func outcome(_ completion: SweepOutcome.Completion, isKept: Bool = false) -> SweepOutcome {
      SweepOutcome(run: run, folder: folder, completion: completion, isKept: isKept)
    }
    if let earlier = Self.completion(in: folder) { return outcome(earlier, isKept: true) }
    do {
      guard pool.interruption == nil else { return nil }
      if RunLock.isHeld(runFolder: folder) { return outcome(.failed("another process is training it")) }
      if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
      var spec = try run.launchable(pool.inputs.datasets)
      spec.execution.output = folder
      return outcome(.done(try pool.train(spec.resolved, hyperparameters: experiment.hyperparameters(of: run))))
    } catch {
      guard pool.interruption == nil else { return nil }
      // The record says whether it diverged; a run that never began has none.
      return outcome(Self.completion(in: folder) ?? .failed("\(RunError(error))"))
    }
  }

  /// The result that an earlier start left, if the run is done or diverged.
  private static func completion(in folder: String) -> SweepOutcome.Completion? {
    guard let record = RunRecord(inFolder: folder) else { return nil }
    switch record.status {
    case .done: return record.runResult.map { .done($0) }
    case .diverged: return .diverged(record.cause ?? "a value was not finite")
    case .running, .stopped, .failed, .interrupted: return nil
    }
  }
}
