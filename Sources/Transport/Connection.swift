package import Messages
package import Parameters
package import ZeroMQ

/// The client end of a connection to a `Listener`. Confined to one thread; nothing here blocks.
///
/// The connection is established in the background, and reestablished when it breaks. Messages may be sent right away;
/// they are queued until then. The listener sees this connection as the same `Peer` throughout.
package final class Connection: Waitable {
  package let endpoint: Endpoint

  /// Called for each message that was dropped, e.g. because the listener speaks another version of the protocol.
  package var onDrop: ((Dropped) -> Void)?

  private let link: EnvelopeSocket
  private let handshakes: HandshakeMonitor?
  private let context: Context
  /// In every message.
  package let session: UInt64
  private let key: any Credentials
  private let limits: SocketLimits

  /// For large tensors, once there has been one; over TCP only.
  private var channel: ChannelConnection?
  private var channelRequested: ContinuousClock.Instant?

  /// - Parameters:
  ///   - badge: what the connection shows to the listener, as `Peer.badge`.
  ///   - noticesRefusal: whether `refusal` can tell.
  package init(
    to endpoint: Endpoint, in context: Context, key: some Credentials, limits: SocketLimits = SocketLimits(),
    badge: UInt64? = nil, noticesRefusal: Bool = false
  ) throws(ZeroMQError) {
    self.endpoint = endpoint
    (self.context, self.limits, self.key, session) = (context, limits, key, key.session)
    link = try EnvelopeSocket(
      .dealer, to: endpoint, in: context, access: key.presented(to: endpoint), session: session, limits: limits)
    handshakes = noticesRefusal ? try HandshakeMonitor(of: link.socket) : nil
    // Random, so that it cannot be guessed to impersonate this peer.
    try link.socket.set(.routingID(Peer.identity(showing: badge)))
    try link.socket.connect(to: endpoint)
  }

  /// Closes and reestablishes the connection, as after a network failure: messages in flight are lost, the identity
  /// stays.
  package func reconnect() throws(ZeroMQError) {
    try link.socket.disconnect(from: endpoint)
    try link.socket.connect(to: endpoint)
    try channel?.reconnect()
  }

  /// Why the keys of both ends do not fit; `nil` as long as they may.
  ///
  /// Over TCP, a listener with another key can't say so: it can't read who asks, and hangs up. One that ends just then hangs
  /// up, too, but does not do so again and again.
  package func refusal() throws(ZeroMQError) -> Refusal? {
    guard let failures = try handshakes?.takeFailures() else { return nil }
    failedHandshakes += failures.all
    if failures.refused > 0 { return .connection }
    return failures.unreadable > 0 || failedHandshakes >= 3 ? .listener : nil
  }

  /// What to tell people of a refusal.
  package func sentence(on refusal: Refusal) -> String { key.sentence(on: refusal, by: endpoint) }

  private var failedHandshakes = 0

  package var statistics: Statistics { link.statistics + (channel?.link.statistics ?? Statistics()) }

  package var pollItems: [PollItem] { [link.socket.pollItem] + (channel.map { [$0.link.socket.pollItem] } ?? []) }

  /// The next message; `nil` if none is available or after 64 dropped ones.
  package func receive() throws(ZeroMQError) -> Received? {
    link.collect()
    if let channel, !channel.isOpen { try channel.announce() }
    for _ in 0..<64 {
      switch try next() {
      case .accepted(let received):
        if case .tensorChannelOffer(let offer) = received.envelope.message {
          take(offer)
        } else if !link.settle(received) {
          failedHandshakes = 0
          return received
        }
      case .dropped(let dropped): onDrop?(dropped)
      case nil: return nil
      }
    }
    return nil
  }

  private func next() throws(ZeroMQError) -> EnvelopeSocket.Arrival? {
    if let arrival = try link.next(routed: false) { return arrival }
    return try channel?.next()
  }

  /// Queues a message.
  ///
  /// - Returns: false if the queue is full. `true` does not guarantee delivery.
  package func send(_ envelope: Envelope) throws(TransportError) -> Bool {
    try link.send(envelope, to: .counterpart)
  }

  /// Queues a message with a tensor: `buffer` is retained until its bytes have been sent, or are no longer read in shared memory,
  /// and must not change before. There is no copy, but for large tensors over TCP their sealed one.
  ///
  /// - Parameter range: the elements to send, all by default. Count and element type must match the message.
  package func send<Scalar: KernelScalar>(
    _ envelope: Envelope, payload buffer: Buffer<Scalar>, range: Range<Int>? = nil
  ) throws(TransportError) -> Bool {
    let range = range ?? 0..<buffer.count
    if let isQueued = try link.lend(envelope, buffer, range, to: .counterpart) { return isQueued }
    let message = try Outgoing(envelope, payload: buffer, range: range)
    if mayUseChannel, TensorChannel.takes(envelope.message.tensor) {
      do { if let channel, try channel.send(message) { return true } } catch { throw .socket(error) }
      try requestChannel()
    }
    return try link.send(message, to: .counterpart)
  }

  private var mayUseChannel: Bool { if case .tcp = endpoint.kind { true } else { false } }

  /// Asks for a channel, again if the present one is broken: the listener may be another one than before. Until the answer, and
  /// where a firewall lets nobody through to the channel's port, tensors take the first connection.
  private func requestChannel() throws(TransportError) {
    let now = ContinuousClock.now
    if let last = channelRequested, now - last < .seconds(1) { return }
    channelRequested = now
    _ = try send(Envelope(session: session, generation: 0, message: .tensorChannelRequest))
  }

  /// A channel that can't be made leaves everything as it is: the first connection does, too.
  private func take(_ offer: TensorChannelOffer) {
    // An offer comes again if it is asked for again; numbers of messages must not begin again under the same keys.
    guard mayUseChannel, channelRequested != nil, channel?.id != offer.id,
      let made = try? ChannelConnection(offer, beside: endpoint, in: context, session: session, limits: limits)
    else { return }
    channel = made
    channelRequested = .now
  }
}
