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

  package init() {}

  package var description: String {
    "\(received) messages received, \(sent) sent, \(unsent) unsent; in shared memory: \(lent) tensors lent, \(borrowed) borrowed; dropped: \(malformed) malformed, "
      + "\(wrongSession) of other sessions, \(wrongVersion) of other versions; \(failedHandshakes) failed handshakes"
  }

  package static func + (one: Statistics, other: Statistics) -> Statistics {
    var sum = one
    sum.received += other.received
    sum.sent += other.sent
    sum.receivedBytes += other.receivedBytes
    sum.sentBytes += other.sentBytes
    sum.unsent += other.unsent
    sum.lent += other.lent
    sum.borrowed += other.borrowed
    sum.malformed += other.malformed
    sum.wrongSession += other.wrongSession
    sum.wrongVersion += other.wrongVersion
    sum.failedHandshakes += other.failedHandshakes
    return sum
  }

  mutating func count(_ error: MessageError) {
    switch error {
    case .malformed: malformed += 1
    case .wrongSession: wrongSession += 1
    case .wrongVersion: wrongVersion += 1
    }
  }
}
