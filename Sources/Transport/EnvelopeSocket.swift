import Messages
import Parameters
import ZeroMQ

/// Sends and receives envelopes over one socket; shared by `Listener` and `Connection`.
final class EnvelopeSocket {
  let socket: Socket
  let session: UInt64
  var statistics = Statistics()

  /// - Parameter endpoint: to listen on or connect to.
  init(
    _ kind: Socket.Kind, to endpoint: Endpoint, in context: Context, key: RunKey, limits: SocketLimits
  ) throws(ZeroMQError) {
    let socket = try Socket(kind, in: context)
    let (seconds, attoseconds) = limits.linger.components
    try socket.set(.linger(Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)))
    try socket.set(.sendHighWaterMark(limits.highWaterMark))
    try socket.set(.receiveHighWaterMark(limits.highWaterMark))
    // CURVE wraps each frame: name of the command, nonce, flags and authenticator take 33 bytes (ZeroMQ RFC 26).
    try socket.set(.maximumFrameSize(max(limits.payload, Limits.header) + 64))
    // A peer without the key is cut off before it can send a message, whose number of frames libzmq does not bound.
    try socket.set(kind == .router ? key.demanded(on: endpoint) : key.presented(to: endpoint))
    // What is lost with a connection is sent again; a link that was cut is used again as soon as it is mended.
    try socket.set(.acknowledgmentDeadline(3_000))
    try socket.set(.connectDeadline(1_000))
    if endpoint.mayBeIPv6 { try socket.set(.bothInternetProtocols) }
    self.socket = socket
    session = key.session
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
    var peer = Peer.counterpart
    if routed {
      guard let identity = try socket.receive() else { return nil }
      peer = Peer(identity: identity.bytes)
    }
    guard let header = try socket.receive() else { return nil }
    var payload: Frame?
    var payloadByteCount: Int?
    var (frameCount, more) = (1, header.hasMore)
    while more, let frame = try socket.receive() {
      frameCount += 1
      more = frame.hasMore
      payloadByteCount = frame.byteCount
      payload = consume frame
    }
    do throws(MessageError) {
      guard frameCount <= 2 else { throw .malformed("the message has \(frameCount) frames; accepted are 1 or 2") }
      let envelope = try unsafe header.withBytes { bytes throws(MessageError) in
        try unsafe Envelope(decoding: bytes.bytes, payloadByteCount: payloadByteCount, session: session)
      }
      statistics.received += 1
      return .accepted(Received(peer: peer, envelope: envelope, payload: Payload(payload, of: envelope.message)))
    } catch {
      statistics.count(error)
      return .dropped(Dropped(peer: peer, reason: error))
    }
  }

  /// Queues a message without a payload.
  func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) -> Bool {
    precondition(envelope.message.tensor == nil, "the message announces a tensor, and none is sent")
    return count(try sendHead(envelope, to: peer, more: false))
  }

  /// Queues a message and lends `range` of `buffer` to the socket.
  func send<Scalar: KernelScalar>(
    _ envelope: Envelope, payload buffer: Buffer<Scalar>, range: Range<Int>, to peer: Peer
  ) throws(TransportError) -> Bool {
    let tensor = envelope.message.tensor
    precondition(
      tensor?.elementType == Scalar.elementType && tensor?.count == range.count, "the message announces another tensor")
    precondition(0 <= range.lowerBound && range.upperBound <= buffer.count, "the range lies outside of the buffer")
    guard try sendHead(envelope, to: peer, more: true) else { return count(false) }
    let stride = MemoryLayout<Scalar>.stride
    do throws(ZeroMQError) {
      let bytes = unsafe UnsafeRawBufferPointer(
        rebasing: buffer.bytes[range.lowerBound * stride..<range.upperBound * stride])
      return count(try socket.send(unsafe Frame(lending: bytes, of: buffer)))
    } catch {
      throw .socket(error)
    }
  }

  private func sendHead(_ envelope: Envelope, to peer: Peer, more: Bool) throws(TransportError) -> Bool {
    let header: [UInt8]
    do { header = try envelope.encoded() } catch { throw .message(error) }
    do throws(ZeroMQError) {
      if peer != .counterpart, try !socket.send(Frame(copying: peer.identity), more: true) { return false }
      return try socket.send(Frame(copying: header), more: more)
    } catch {
      throw .socket(error)
    }
  }

  private func count(_ isSent: Bool) -> Bool {
    if isSent { statistics.sent += 1 } else { statistics.unsent += 1 }
    return isSent
  }
}
