/// One message with its protocol version, session and generation: the header frame of all traffic.
package struct Envelope: Hashable, Sendable {
  package static let protocolVersion: UInt32 = 5

  /// Token of the run, not 0; messages of another session are dropped.
  package var session: UInt64
  /// Raised by the coordinator at every rewind and resume.
  package var generation: UInt64
  package var message: Message
  /// Where the message's tensor lies, if not in a second frame.
  package var sharedTensor: SharedTensor?

  package init(session: UInt64, generation: UInt64, message: Message, sharedTensor: SharedTensor? = nil) {
    self.session = session
    self.generation = generation
    self.message = message
    self.sharedTensor = sharedTensor
  }
}
