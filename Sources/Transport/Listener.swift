package import Messages
package import Parameters
package import ZeroMQ

/// The end that many connect to. Belongs to one thread; nothing here blocks.
///
/// What strangers send is counted and never handed out. So is whatever belongs to another session, speaks another
/// version of the protocol, or keeps no limit.
package final class Listener: Waitable {
  /// Where others connect to: the port that the system chose in place of 0.
  package let endpoint: Endpoint

  /// Told of each message that was dropped; may return what its sender is told.
  package var answer: ((Dropped) -> Envelope?)?

  private let link: EnvelopeSocket
  private let handshakes: HandshakeMonitor

  /// - Parameter endpoint: one that nobody else listens on, or did a moment ago: an `ipc` path is taken from whoever has
  ///   it, and a port becomes free in the background.
  /// - Throws: if the endpoint cannot be listened on.
  package init(
    on endpoint: Endpoint, in context: Context, session: UInt64, limits: SocketLimits = SocketLimits()
  ) throws(ZeroMQError) {
    link = try EnvelopeSocket(.router, in: context, session: session, limits: limits)
    try link.socket.set(.routerMandatory(true))
    try link.socket.set(.routerHandover(true))
    handshakes = try HandshakeMonitor(of: link.socket)
    self.endpoint = try link.socket.bind(to: endpoint)
  }

  package var statistics: Statistics { link.statistics }

  package var pollItem: PollItem { link.socket.pollItem }

  /// The next message; `nil` if there is none now. Strangers cannot keep it busy: after 64 dropped messages it
  /// returns `nil` too, and the socket stays readable.
  package func receive() throws(ZeroMQError) -> Received? {
    link.statistics.failedHandshakes += try handshakes.takeFailures()
    for _ in 0..<64 {
      switch try link.next(routed: true) {
      case .accepted(let received): return received
      case .dropped(let dropped):
        if let reply = answer?(dropped) { _ = try? link.send(reply, to: dropped.peer) }
      case nil: return nil
      }
    }
    return nil
  }

  /// Queues a message.
  ///
  /// - Returns: false if the peer is gone or its queue is full. True is no promise that the message arrives.
  package func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) -> Bool {
    try link.send(envelope, to: peer)
  }

  /// Queues a message with a tensor, without a copy: `buffer` is retained until the bytes have left, and must not
  /// change before.
  ///
  /// - Parameter range: the elements to send, all by default: as many as the message announces, of its type.
  package func send<Scalar: KernelScalar>(
    _ envelope: Envelope, payload buffer: Buffer<Scalar>, range: Range<Int>? = nil, to peer: Peer
  ) throws(TransportError) -> Bool {
    try link.send(envelope, payload: buffer, range: range ?? 0..<buffer.count, to: peer)
  }
}
