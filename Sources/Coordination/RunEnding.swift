import Failures

/// How a run ended, as it is recorded.
package enum RunOutcome: String, Hashable, Sendable { case done, failed, diverged, interrupted }

/// The end of a run: its outcome, what the process returns, and the sentence that people read.
package struct RunEnding: Hashable, Sendable {
  package let outcome: RunOutcome
  /// One of `ExitCode`.
  package let exitCode: Int32
  package let sentence: String

  package init(_ outcome: RunOutcome, _ exitCode: Int32, _ sentence: String) {
    self.outcome = outcome
    self.exitCode = exitCode
    self.sentence = sentence
  }

  package static var done: RunEnding { RunEnding(.done, ExitCode.done, "done") }

  package static func interrupted(by signal: Int32) -> RunEnding {
    RunEnding(.interrupted, ExitCode.stopped(by: signal), "interrupted by signal \(signal)")
  }
}
