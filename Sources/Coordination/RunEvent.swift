/// A death, a return or another thing that a run survived.
package struct RunEvent: Hashable, Sendable, Codable {
  /// Since the coordinator's start.
  package var seconds: Double
  /// The lowest version of the servers then, as far as was known.
  package var step: Int
  package var what: String

  package init(seconds: Double, step: Int, what: String) {
    self.seconds = seconds
    self.step = step
    self.what = what
  }
}
