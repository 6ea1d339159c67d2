/// An event of a run that is recorded: a loss, a join, a rewind, a failed checkpoint.
package struct RunEvent: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// A member became ready after training had begun.
    case joined
    /// A member was declared failed.
    case lost
    /// A server is silent; the run waits for it.
    case missed
    /// A server that was missed is back, with its state.
    case returned
    /// A worker was removed on request.
    case drained
    /// A resumed run began to train.
    case resumed
    /// Training went on after a server was lost.
    case continued
    /// A checkpoint could not be written.
    case checkpointFailed
    /// A checkpoint could not be read, and the one before it was taken.
    case checkpointSkipped
    /// Training waited for the disk.
    case diskWait
    /// A resume was allowed to change what the bits depend on.
    case changeAllowed
  }

  /// `nil` in the record of an earlier version.
  package var kind: Kind?
  /// The member that joined or left.
  package var member: Member?
  /// Since the coordinator's start, in seconds.
  package var seconds: Double
  /// The lowest version of the servers, as far as the coordinator knew.
  package var step: Int
  /// For people.
  package var what: String

  package init(_ kind: Kind, of member: Member? = nil, seconds: Double, step: Int, what: String) {
    self.kind = kind
    self.member = member
    self.seconds = seconds
    self.step = step
    self.what = what
  }

  /// Every key is always there, as in a run's result.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(member, forKey: .member)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(step, forKey: .step)
    try container.encode(what, forKey: .what)
  }

  private enum CodingKeys: String, CodingKey { case kind, member, seconds, step, what }
}
