import Messages

/// Counts of the messages and failed handshakes of one socket.
package struct Statistics: Hashable, Sendable, CustomStringConvertible {
  /// Delivered to the owner.
  package var received = 0
  /// Passed to the network; delivery is not guaranteed.
  package var sent = 0
  /// Of these messages, what went through a socket, before encryption.
  package var receivedBytes = 0
  package var sentBytes = 0
  /// Not sent, because the peer was gone or its queue was full.
  package var unsent = 0
  /// Among the messages sent and received, those whose tensor stayed in the sender's memory.
  package var lent = 0
  package var borrowed = 0
  package var malformed = 0
  package var wrongSession = 0
  package var wrongVersion = 0
  /// Connections that ended before the ZeroMQ handshake was complete.
  package var failedHandshakes = 0

  package var description: String {
    "\(received) messages received, \(sent) sent, \(unsent) unsent; in shared memory: \(lent) tensors lent, \(borrowed) borrowed; dropped: \(malformed) malformed, "
      + "\(wrongSession) of other sessions, \(wrongVersion) of other versions; \(failedHandshakes) failed handshakes"
  }

  static func + (one: Statistics, other: Statistics) -> Statistics {
    Statistics(
      received: one.received + other.received, sent: one.sent + other.sent,
      receivedBytes: one.receivedBytes + other.receivedBytes, sentBytes: one.sentBytes + other.sentBytes,
      unsent: one.unsent + other.unsent,
      lent: one.lent + other.lent, borrowed: one.borrowed + other.borrowed, malformed: one.malformed + other.malformed,
      wrongSession: one.wrongSession + other.wrongSession,
      wrongVersion: one.wrongVersion + other.wrongVersion,
      failedHandshakes: one.failedHandshakes + other.failedHandshakes)
  }

  mutating func count(_ error: MessageError) {
    switch error {
    case .malformed: malformed += 1
    case .wrongSession: wrongSession += 1
    case .wrongVersion: wrongVersion += 1
    }
  }
}
