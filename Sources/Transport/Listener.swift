package import Messages
package import Parameters
package import ZeroMQ

/// The server end of many connections. Confined to one thread, but for encryption; nothing here blocks.
///
/// Only those whom its admission lets in may connect, except over `inproc`; over TCP, everything is encrypted. Malformed messages are
/// counted and discarded, as are those that belong to another session, use another version of the protocol, or exceed a
/// limit.
package final class Listener: Waitable {
  /// The endpoint to connect to, with the port that the system chose in place of 0.
  package let endpoint: Endpoint

  /// Called for each message that was dropped; may return a reply to its sender.
  package var answer: ((Dropped) -> Envelope?)?

  /// Called when a peer presented another key, and was cut off.
  package var onWrongKey: (() -> Void)?

  /// Called when a peer presented a key that is not among those let in, and was cut off; also counts as a wrong key.
  package var onRefused: ((RefusedPeer) -> Void)?

  private let link: EnvelopeSocket
  private let handshakes: HandshakeMonitor
  private let session: UInt64
  /// For large tensors; over TCP only.
  private let channels: ChannelListener?

  /// - Parameter endpoint: must not be in use now or until a moment ago: an `ipc` path is silently taken over from
  ///   another listener, and a port is released in the background.
  /// - Throws: if the endpoint cannot be listened on.
  package init(
    on endpoint: Endpoint, in context: Context, key: some Admission, limits: SocketLimits = SocketLimits()
  ) throws(ZeroMQError) {
    session = key.session
    link = try EnvelopeSocket(
      .router, to: endpoint, in: context, access: key.demanded(on: endpoint), session: session, limits: limits)
    try link.socket.set(.routerMandatory(true))
    try link.socket.set(.routerHandover(true))
    try link.socket.set(.handshakeDeadline(10_000))
    handshakes = try HandshakeMonitor(of: link.socket)
    self.endpoint = try link.socket.bind(to: endpoint)
    guard case .tcp = endpoint.kind else {
      channels = nil
      return
    }
    channels = try ChannelListener(beside: endpoint, in: context, session: session, limits: limits)
  }

  package var statistics: Statistics { link.statistics + (channels?.link.statistics ?? Statistics()) }

  package var pollItems: [PollItem] { [link.socket.pollItem] + (channels.map { [$0.link.socket.pollItem] } ?? []) }

  /// The next message; `nil` if none is available. It also returns `nil` after 64 dropped messages, so that a flood of
  /// invalid messages cannot keep it busy; the socket then stays readable.
  package func receive() throws(ZeroMQError) -> Received? {
    link.collect()
    for _ in 0..<64 {
      guard let arrival = try next() else { break }
      switch arrival {
      case .accepted(let received):
        if case .tensorChannelRequest = received.envelope.message {
          offerChannel(to: received.peer)
        } else if !link.settle(received) {
          return received
        }
      case .dropped(let dropped):
        if let reply = answer?(dropped) { _ = try? link.send(reply, to: dropped.peer) }
      }
    }
    try noteFailures()
    return nil
  }

  private func next() throws(ZeroMQError) -> EnvelopeSocket.Arrival? {
    if let arrival = try link.next(routed: true) { return arrival }
    return try channels?.next()
  }

  /// Asking costs a system call, so it is done once for all messages that have arrived.
  private func noteFailures() throws(ZeroMQError) {
    let failures = try handshakes.takeFailures()
    link.statistics.failedHandshakes += failures.all
    guard failures.refused + failures.unreadable > 0 else { return }
    for _ in 0..<failures.refused + failures.unreadable { onWrongKey?() }
    for peer in link.socket.takeRefused() { onRefused?(peer) }
  }

  /// Queues a message.
  ///
  /// - Returns: `false` if the peer is gone or its queue is full. `true` does not guarantee delivery.
  package func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) -> Bool {
    try link.send(envelope, to: peer)
  }

  /// Queues a message with a tensor: `buffer` is retained until its bytes have been sent, or are no longer read in shared memory,
  /// and must not change before. There is no copy, but for large tensors over TCP their sealed one.
  ///
  /// - Parameter range: the elements to send, all by default. Count and element type must match the message.
  package func send<Scalar: KernelScalar>(
    _ envelope: Envelope, payload buffer: Buffer<Scalar>, range: Range<Int>? = nil, to peer: Peer
  ) throws(TransportError) -> Bool {
    let range = range ?? 0..<buffer.count
    if let isQueued = try link.lend(envelope, buffer, range, to: peer) { return isQueued }
    let message = try Outgoing(envelope, payload: buffer, range: range)
    if let channels, TensorChannel.takes(envelope.message.tensor) {
      do { if try channels.send(message, to: [peer], on: .one).isEmpty { return true } } catch { throw .socket(error) }
    }
    return try link.send(message, to: peer)
  }

  /// The same to several peers. Threads share the encryption of large tensors.
  ///
  /// - Precondition: each peer once.
  package func send<Scalar: KernelScalar>(
    _ envelope: Envelope, payload buffer: Buffer<Scalar>, to peers: [Peer], on threads: Threads
  ) throws(TransportError) {
    guard let channels, peers.count > 1, TensorChannel.takes(envelope.message.tensor) else {
      for peer in peers { _ = try send(envelope, payload: buffer, to: peer) }
      return
    }
    let message = try Outgoing(envelope, payload: buffer, range: 0..<buffer.count)
    let others: [Peer]
    do { others = try channels.send(message, to: peers, on: threads) } catch { throw .socket(error) }
    for peer in others { _ = try link.send(message, to: peer) }
  }

  private func offerChannel(to peer: Peer) {
    guard let offer = channels?.offer(to: peer) else { return }
    // One that does not arrive is asked for again.
    _ = try? send(Envelope(session: session, generation: 0, message: .tensorChannelOffer(offer)), to: peer)
  }
}
