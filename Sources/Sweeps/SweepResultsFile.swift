import Foundation
package import Records
package import Specification
import Synchronization

/// `results.csv` while the sweep runs: a line for each run that has ended, in the order of the plan.
///
/// The file is replaced as a whole whenever a run ends, so a reader never sees half a line, and a resumed sweep has no line twice.
package final class SweepResultsFile: Sendable {
  private let path: String
  private let axes: [String]
  private let outcomes = Mutex<[Int: SweepOutcome]>([:])

  /// - Parameter runs: all of the sweep.
  package init(_ path: String, of runs: [SweepRun]) { (self.path, axes) = (path, runs.axes) }

  /// Takes in how a run has ended. What an earlier start kept is written with the next run that is trained, or with `write`.
  ///
  /// - Throws: `RecordError` for a file that cannot be written; the next call writes this line, too.
  package func add(_ outcome: SweepOutcome) throws(RecordError) {
    let csv = outcomes.withLock { outcomes in
      outcomes[outcome.run.number] = outcome
      return outcome.isKept ? nil : text(outcomes)
    }
    // The runs' own records are durable, and a resumed sweep writes the file from them.
    if let csv { try AtomicFile.replace(path, with: Array(csv.utf8)) }
  }

  /// Writes all lines; durable on return.
  package func write() throws(RecordError) {
    try AtomicFile.write(Array(outcomes.withLock { text($0) }.utf8), to: path)
  }

  private func text(_ outcomes: [Int: SweepOutcome]) -> String {
    SweepResults.csv(of: outcomes.sorted { $0.key < $1.key }.map(\.value), axes: axes)
  }
}
