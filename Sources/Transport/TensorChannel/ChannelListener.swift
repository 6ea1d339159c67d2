import Messages
import Parameters
import ZeroMQ

/// The listener's end of the tensor channels of all its peers.
final class ChannelListener {
  let link: EnvelopeSocket
  private let port: UInt16
  private let password: String
  private let buffers = SealedBuffers()
  private var channels: [UInt64: Channel] = [:]
  private var channelOfPeer: [Peer: UInt64] = [:]
  /// Offered, and not used yet: the offer may be lost, or late. The older channel stays until then.
  private var offerToPeer: [Peer: TensorChannelOffer] = [:]

  private final class Channel {
    let peer: Peer
    let cipher: ChannelCipher
    /// The connection on which the peer's last message came.
    var route: Peer?

    init(of peer: Peer, _ cipher: ChannelCipher) { (self.peer, self.cipher) = (peer, cipher) }
  }

  /// - Parameter endpoint: the listener's; the channels' port is another one on the same address.
  init(
    beside endpoint: Endpoint, in context: Context, session: UInt64, limits: SocketLimits
  ) throws(ZeroMQError) {
    password = [UInt8].random(count: 16).hexadecimal
    link = try EnvelopeSocket(
      .router, to: endpoint, in: context, access: .demandedKey(password), session: session, limits: limits)
    try link.socket.set(.routerMandatory(true))
    try link.socket.set(.handshakeDeadline(10_000))
    guard let any = endpoint.with(port: 0), let port = try link.socket.bind(to: any).port else {
      preconditionFailure("channels are TCP connections")
    }
    self.port = port
  }

  /// A new channel for a peer, which takes the place of an older one when the peer uses it. Until then the offer stays the same:
  /// a peer that asks again may be about to use it.
  func offer(to peer: Peer) -> TensorChannelOffer {
    if let unused = offerToPeer[peer] { return unused }
    let offer = TensorChannelOffer(
      port: port, password: password, id: .random(in: 1...UInt64.max), secret: [UInt8].random(count: 32).hexadecimal)
    offerToPeer[peer] = offer
    channels[offer.id] = Channel(of: peer, ChannelCipher(offer, at: .listener, buffers))
    return offer
  }

  /// The next message; `nil` if none is available.
  func next() throws(ZeroMQError) -> EnvelopeSocket.Arrival? {
    while let frames = try link.nextFrames(routed: true) {
      guard let id = ChannelCipher.preamble(of: frames.header)?.id, let channel = channels[id],
        let header = channel.cipher.open(frames)
      else {
        return link.drop(.malformed("the message is not sealed for a channel of this listener"), from: frames.peer)
      }
      let route = frames.peer
      channel.route = route
      if offerToPeer[channel.peer]?.id == id {
        offerToPeer[channel.peer] = nil
        if let older = channelOfPeer.updateValue(id, forKey: channel.peer) { channels[older] = nil }
      }
      guard header.isEmpty else { return link.arrival(opened: frames, header: header, from: channel.peer) }
      _ = try link.send(channel.cipher.seal(nil), to: route)
    }
    return nil
  }

  /// Sends a message to several peers; threads seal it for as many of them at a time.
  ///
  /// - Precondition: each peer once, as a channel's nonces are counted by one thread at a time.
  /// - Returns: those that have no channel now.
  func send(_ message: Outgoing, to peers: [Peer], on threads: Threads) throws(ZeroMQError) -> [Peer] {
    precondition(Set(peers).count == peers.count, "each peer once")
    var without: [Peer] = []
    var routed: [(channel: Channel, route: Peer)] = []
    for peer in peers {
      if let channel = channelOfPeer[peer].flatMap({ channels[$0] }), let route = channel.route {
        routed.append((channel, route))
      } else {
        without.append(peer)
      }
    }
    let elements = unsafe message.payload.count / MemoryLayout<Float>.stride
    let parts = threads.parts(routed.count, of: elements)
    buffers.keep(atLeast: 2 * parts)
    while !routed.isEmpty {
      let next = Array(routed.prefix(parts))
      routed.removeFirst(next.count)
      try send(message, of: elements, along: next, on: threads) { without.append($0.peer) }
    }
    return without
  }

  private func send(
    _ message: Outgoing, of elements: Int, along routed: [(channel: Channel, route: Peer)], on threads: Threads,
    unreached: (Channel) -> Void
  ) throws(ZeroMQError) {
    let sealed = UnsafeMutablePointer<Result<ChannelCipher.Sealed, ZeroMQError>>.allocate(capacity: routed.count)
    defer { unsafe sealed.deallocate() }
    threads.share(routed.count, of: elements) { range in
      for index in range {
        let cipher = routed[index].channel.cipher
        unsafe (sealed + index).initialize(
          to: Result { () throws(ZeroMQError) in try cipher.seal(message) })
      }
    }
    // An error ends the listener's owner.
    var failure: ZeroMQError?
    for (index, (channel, route)) in routed.enumerated() {
      do {
        guard try !link.send(unsafe (sealed + index).move().get(), to: route) else { continue }
        // Until the peer is heard there again, nothing is sealed in vain.
        channel.route = nil
        unreached(channel)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }
}
