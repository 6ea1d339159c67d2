/// What one socket holds and accepts.
package struct SocketLimits: Hashable, Sendable {
  /// Messages queued for, and from, one peer: what a peer can be sent within one step.
  package var highWaterMark: Int
  /// Bytes of the longest payload, from the shard map. A longer frame ends the connection it came by.
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
