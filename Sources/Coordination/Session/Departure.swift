/// Why a member leaves its run, and what its process ends with.
package struct Departure: Hashable, Sendable {
  package enum Cause: Hashable, Sendable {
    /// The coordinator said stop; with exit code 0 this is the good end.
    case stopped
    /// The coordinator gave it no place.
    case refused
    /// No coordinator answered its hello.
    case unanswered
    /// The coordinator has been silent for too long.
    case coordinatorSilent
    /// A signal asked it to leave.
    case signaled
    /// The member itself can't go on.
    case failed
  }

  package let cause: Cause
  /// One of `ExitCode`.
  package let exitCode: Int32
  package let sentence: String

  package init(_ cause: Cause, _ exitCode: Int32, _ sentence: String) {
    self.cause = cause
    self.exitCode = exitCode
    self.sentence = sentence
  }
}
