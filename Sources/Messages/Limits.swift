/// Upper limits on the content of a message. Both ends apply the same limits, so a message that can be sent is never
/// refused as too large.
package enum Limits {
  /// Bytes of the first frame.
  package static let header = 5 << 20
  /// Bytes of `Welcome.specJSON`.
  package static let spec = 1 << 20
  /// Bytes of a human-readable sentence; longer ones are truncated.
  package static let sentence = 4096
  /// Bytes of a name, a hash or an endpoint.
  package static let name = 256
  /// Entries of a list of nodes or endpoints.
  package static let list = 1 << 16
  /// Squared gradient norms in a push, and rounding errors: doubles that each fill two fifths of a header.
  package static let filters = 1 << 18
  /// Versions, steps and horizons; low enough that additions cannot overflow.
  package static let version = 1 << 62
  /// Samples in one sum.
  package static let samples = 1 << 48
  /// Offsets and counts of elements.
  package static let elements = 1 << 48
  /// Leaves of a reduction tree, and the number of a microbatch of a run.
  package static let leaves = 1 << 53
  package static let microbatch = leaves
  /// Entries of a list of microbatches that a worker has in hand.
  package static let microbatches = 1 << 16
  /// Ranks, counts of members and of threads.
  package static let members = 1 << 16
  /// Process ids; Linux has at most 2²² processes.
  package static let processes = 1 << 22
  /// Open descriptors of a process.
  package static let descriptors = 1 << 30
  /// Spans of a thread in one message.
  package static let spans = 1 << 16
  /// What the spans of a thread cover together; low enough that two can be added.
  package static let nanoseconds = 1 << 61
  /// A reading of a clock, or a difference of two.
  package static let seconds = 1e9
  /// The highest index of a part of a server's state.
  package static let stateParts = 16
}
