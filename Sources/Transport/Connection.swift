package import Messages
package import Parameters
package import ZeroMQ

/// The end that connects to a `Listener`. Belongs to one thread; nothing here blocks.
///
/// The connection is made in the background, and again when it breaks. Messages may be sent at once; they wait. The
/// listener knows this connection as the same `Peer` throughout.
package final class Connection: Waitable {
  package let endpoint: Endpoint

  /// Told of each message that was dropped, e.g. because the listener speaks another version of the protocol.
  package var onDrop: ((Dropped) -> Void)?

  private let link: EnvelopeSocket

  package init(
    to endpoint: Endpoint, in context: Context, session: UInt64, limits: SocketLimits = SocketLimits()
  ) throws(ZeroMQError) {
    self.endpoint = endpoint
    link = try EnvelopeSocket(.dealer, in: context, session: session, limits: limits)
    // Nobody can guess it, so nobody can take this peer's place. Identities that begin with 0 belong to libzmq.
    try link.socket.set(.routingID((0..<16).map { _ in UInt8.random(in: 1...255) }))
    try link.socket.connect(to: endpoint)
  }

  /// Breaks the connection and makes it again, as a network does: what was on its way is lost, the name stays.
  package func reconnect() throws(ZeroMQError) {
    try link.socket.disconnect(from: endpoint)
    try link.socket.connect(to: endpoint)
  }

  package var statistics: Statistics { link.statistics }

  package var pollItem: PollItem { link.socket.pollItem }

  /// The next message; `nil` if there is none now, or after 64 dropped ones.
  package func receive() throws(ZeroMQError) -> Received? {
    for _ in 0..<64 {
      switch try link.next(routed: false) {
      case .accepted(let received): return received
      case .dropped(let dropped): onDrop?(dropped)
      case nil: return nil
      }
    }
    return nil
  }

  /// Queues a message.
  ///
  /// - Returns: false if the queue is full. True is no promise that the message arrives.
  package func send(_ envelope: Envelope) throws(TransportError) -> Bool {
    try link.send(envelope, to: .counterpart)
  }

  /// Queues a message with a tensor, without a copy: `buffer` is retained until the bytes have left, and must not
  /// change before.
  ///
  /// - Parameter range: the elements to send, all by default: as many as the message announces, of its type.
  package func send<Scalar: KernelScalar>(
    _ envelope: Envelope, payload buffer: Buffer<Scalar>, range: Range<Int>? = nil
  ) throws(TransportError) -> Bool {
    try link.send(envelope, payload: buffer, range: range ?? 0..<buffer.count, to: .counterpart)
  }
}
