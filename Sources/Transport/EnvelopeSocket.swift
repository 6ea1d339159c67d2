import Messages
import Parameters
import ZeroMQ

/// Sends and receives envelopes over one socket; shared by both ends of connections and of their channels.
final class EnvelopeSocket {
  let socket: Socket
  let session: UInt64
  var statistics = Statistics()

  /// - Parameters:
  ///   - endpoint: to listen on or connect to.
  ///   - access: what is demanded there or presented.
  init(
    _ kind: Socket.Kind, to endpoint: Endpoint, in context: Context, access: SocketOption, session: UInt64,
    limits: SocketLimits
  ) throws(ZeroMQError) {
    let socket = try Socket(kind, in: context)
    let (seconds, attoseconds) = limits.linger.components
    try socket.set(.linger(Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)))
    try socket.set(.sendHighWaterMark(limits.highWaterMark))
    try socket.set(.receiveHighWaterMark(limits.highWaterMark))
    // CURVE wraps each frame: name of the command, nonce, flags and authenticator take 33 bytes (ZeroMQ RFC 26). Channels add
    // their preamble and a tag.
    try socket.set(.maximumFrameSize(max(limits.payload, Limits.header) + 64))
    // A peer without the key is cut off before it can send a message, whose number of frames libzmq does not bound.
    try socket.set(access)
    // What is lost with a connection is sent again; a link that was cut is used again as soon as it is mended.
    try socket.set(.acknowledgmentDeadline(3_000))
    try socket.set(.connectDeadline(1_000))
    if endpoint.mayBeIPv6 { try socket.set(.bothInternetProtocols) }
    self.socket = socket
    self.session = session
  }

  /// The result of reading one complete message.
  enum Arrival {
    case accepted(Received)
    case dropped(Dropped)
  }

  /// The next message; `nil` if none is available.
  ///
  /// - Parameter routed: whether the first frame is the peer's routing id.
  func next(routed: Bool) throws(ZeroMQError) -> Arrival? {
    guard let frames = try nextFrames(routed: routed) else { return nil }
    let count = frames.payloadByteCount
    let decoded = unsafe frames.header.withBytes { unsafe decode($0.bytes, payloadByteCount: count) }
    return arrival(of: frames, decoded)
  }

  /// - Parameter payloadByteCount: how much of the last frame is payload.
  func decode(_ header: RawSpan, payloadByteCount: Int?) -> Result<Envelope, MessageError> {
    Result { () throws(MessageError) in
      try Envelope(decoding: header, payloadByteCount: payloadByteCount, session: session)
    }
  }

  /// The frames of one message.
  struct Frames: ~Copyable {
    /// Whom they are from.
    var peer: Peer
    var header: Frame
    /// The last one; empty if there is but one.
    var payload: Frame
    fileprivate var count: Int

    var payloadByteCount: Int? { count == 1 ? nil : payload.byteCount }
  }

  /// The frames of the next message; `nil` if none is available.
  func nextFrames(routed: Bool) throws(ZeroMQError) -> Frames? {
    var peer = Peer.counterpart
    if routed {
      guard let identity = try socket.receive() else { return nil }
      peer = Peer(identity: identity.bytes)
    }
    guard let header = try socket.receive() else { return nil }
    var (count, more) = (1, header.hasMore)
    var payload = Frame()
    while more, let frame = try socket.receive() {
      count += 1
      more = frame.hasMore
      payload = consume frame
    }
    return Frames(peer: peer, header: header, payload: payload, count: count)
  }

  /// The message in `frames`, whose first one was decoded.
  func arrival(of frames: consuming Frames, _ decoded: Result<Envelope, MessageError>) -> Arrival {
    let (peer, frameCount) = (frames.peer, frames.count)
    // Asking costs a search in every message.
    let sender = socket.knowsNames ? frames.header.sender : nil
    do throws(MessageError) {
      guard frameCount <= 2 else { throw .malformed("the message has \(frameCount) frames; accepted are 1 or 2") }
      let envelope = try decoded.get()
      switch envelope.message {
      case .tensorChannelRequest, .tensorChannelOffer: break
      default: statistics.received += 1
      }
      return .accepted(
        Received(
          peer: peer, sender: sender, envelope: envelope, payload: Payload(frames.payload, of: envelope.message)))
    } catch {
      return drop(error, from: peer)
    }
  }

  func drop(_ reason: MessageError, from peer: Peer) -> Arrival {
    statistics.count(reason)
    return .dropped(Dropped(peer: peer, reason: reason))
  }

  /// Queues a message without a payload.
  func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) -> Bool {
    precondition(envelope.message.tensor == nil, "the message announces a tensor, and none is sent")
    let header: [UInt8]
    do { header = try envelope.encoded() } catch { throw .message(error) }
    do { return try send(Frame(copying: header), nil, to: peer) } catch { throw .socket(error) }
  }

  /// Queues a message and lends its tensor to the socket.
  func send(_ message: Outgoing, to peer: Peer) throws(TransportError) -> Bool {
    do throws(ZeroMQError) {
      let payload = try unsafe Frame(lending: message.payload, of: message.owner)
      return try send(Frame(copying: message.header), payload, to: peer)
    } catch {
      throw .socket(error)
    }
  }

  /// Queues the frames of a message.
  func send(_ header: consuming Frame, _ payload: consuming Frame?, to peer: Peer) throws(ZeroMQError) -> Bool {
    if peer != .counterpart, try !socket.send(Frame(copying: peer.identity), more: true) { return count(false) }
    guard let payload else { return count(try socket.send(header)) }
    guard try socket.send(header, more: true) else { return count(false) }
    return count(try socket.send(payload))
  }

  private func count(_ isSent: Bool) -> Bool {
    if isSent { statistics.sent += 1 } else { statistics.unsent += 1 }
    return isSent
  }
}
