/// An event of a run that is recorded: a loss, a join, a rewind, a failed checkpoint.
package struct RunEvent: Hashable, Sendable, Codable {
  /// Since the coordinator's start, in seconds.
  package var seconds: Double
  /// The lowest version of the servers, as far as the coordinator knew.
  package var step: Int
  package var what: String

  package init(seconds: Double, step: Int, what: String) {
    self.seconds = seconds
    self.step = step
    self.what = what
  }
}
