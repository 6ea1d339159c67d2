/// Limits on what one socket queues and accepts.
package struct SocketLimits: Hashable, Sendable {
  /// Messages queued to and from one peer: at least as many as one step sends to a peer.
  package var highWaterMark: Int
  /// Bytes of the longest payload, from the shard map. A longer frame closes its connection.
  package var payload: Int
  /// How long unsent messages outlive their socket.
  package var linger: Duration

  package init(highWaterMark: Int = 256, payload: Int = 0, linger: Duration = .milliseconds(500)) {
    precondition(highWaterMark > 0 && payload >= 0, "queues and payloads are finite")
    self.highWaterMark = highWaterMark
    self.payload = payload
    self.linger = linger
  }
}
