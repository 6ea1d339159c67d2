package import Messages
package import Parameters

/// A message that arrived.
package struct Received: Sendable {
  package let peer: Peer
  /// The name by which the listener lists the key of who sent it, if it lists names.
  package let sender: String?
  package let envelope: Envelope
  /// Present exactly if the message announces a tensor, and exactly as long.
  package let payload: Payload?
}

/// A message that arrived and was dropped.
package struct Dropped: Hashable, Sendable {
  package let peer: Peer
  package let reason: MessageError
}
