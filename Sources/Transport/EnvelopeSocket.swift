import Messages
import Parameters
import ZeroMQ

/// Sends and receives envelopes over one socket; shared by both ends of connections and of their channels.
final class EnvelopeSocket {
  let socket: Socket
  let session: UInt64
  var statistics = Statistics()
  /// Between processes of one host only.
  private let loans: TensorLoans?

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
    loans = if case .ipc = endpoint.kind { TensorLoans(limit: max(limits.payload, Limits.header)) } else { nil }
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
    statistics.receivedBytes += frames.header.byteCount + frames.payload.byteCount
    // Asking costs a search in every message.
    let sender = socket.knowsNames ? frames.header.sender : nil
    do throws(MessageError) {
      guard frameCount <= 2 else { throw .malformed("the message has \(frameCount) frames; accepted are 1 or 2") }
      var envelope = try decoded.get()
      let payload: Payload?
      if envelope.sharedTensor != nil {
        payload = try borrow(envelope, from: peer)
        envelope.sharedTensor = nil
      } else {
        payload = Payload(frames.payload, of: envelope.message)
      }
      if !envelope.message.isOfTransport { statistics.received += 1 }
      return .accepted(Received(peer: peer, sender: sender, envelope: envelope, payload: payload))
    } catch {
      return drop(error, from: peer)
    }
  }

  func drop(_ reason: MessageError, from peer: Peer) -> Arrival {
    statistics.count(reason)
    return .dropped(Dropped(peer: peer, reason: reason))
  }

  // Shared memory.

  /// Takes in what a message says of shared memory.
  ///
  /// - Returns: whether that is all it says.
  func settle(_ received: Received) -> Bool {
    switch received.envelope.message {
    case .sharedMemoryOffer(let offer):
      tell(
        loans?.take(offer, from: received.peer) ?? SharedMemoryAnswer(segment: offer.segment, kind: .declined),
        to: received.peer)
    case .sharedMemoryAnswer(let answer): loans?.take(answer, from: received.peer)
    default: return false
    }
    return true
  }

  /// Releases the buffers that peers have given back; to be called often.
  func collect() { loans?.collect() }

  /// Queues a message whose tensor stays where it is.
  ///
  /// - Returns: whether it was queued; `nil` if the tensor has to travel with it.
  func lend<Scalar: KernelScalar>(
    _ envelope: Envelope, _ buffer: Buffer<Scalar>, _ range: Range<Int>, to peer: Peer
  ) throws(TransportError) -> Bool? {
    guard let loans else { return nil }
    Outgoing.check(envelope, buffer, range)
    let byteCount = range.count * MemoryLayout<Scalar>.stride
    switch loans.request(buffer, from: range.lowerBound, byteCount: byteCount, to: peer) {
    case .refrain: return nil
    case .offer(let offer):
      // One that does not arrive is repeated.
      _ = try send(Envelope(session: session, generation: 0, message: .sharedMemoryOffer(offer)), to: peer)
      return nil
    case .lend(let place):
      var envelope = envelope
      envelope.sharedTensor = place
      var isSent = false
      defer { if !isSent { loans.cancel(place, to: peer) } }
      let header: [UInt8]
      do { header = try envelope.encoded() } catch { throw .message(error) }
      do { isSent = try send(Frame(copying: header), nil, to: peer) } catch { throw .socket(error) }
      if isSent { statistics.lent += 1 }
      return isSent
    }
  }

  private func borrow(_ envelope: Envelope, from peer: Peer) throws(MessageError) -> Payload {
    guard let loans, let place = envelope.sharedTensor, let tensor = envelope.message.tensor else {
      throw .malformed("shared_tensor comes over a connection between hosts")
    }
    guard let borrowed = try loans.borrow(place, of: tensor, from: peer) else {
      // The peer takes us for somebody before us. It sends the tensor again when it is asked to, over the socket.
      tell(SharedMemoryAnswer(segment: place.segment, kind: .unknown(page: place.page)), to: peer)
      throw .malformed("shared_tensor is of a page or a segment that is not known here")
    }
    statistics.borrowed += 1
    return Payload(borrowed, tensor)
  }

  private func tell(_ answer: SharedMemoryAnswer, to peer: Peer) {
    _ = try? send(Envelope(session: session, generation: 0, message: .sharedMemoryAnswer(answer)), to: peer)
  }

  // Sending.

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
    var byteCount = header.byteCount
    guard let payload else { return count(try socket.send(header), byteCount) }
    byteCount += payload.byteCount
    guard try socket.send(header, more: true) else { return count(false) }
    return count(try socket.send(payload), byteCount)
  }

  private func count(_ isSent: Bool, _ byteCount: Int = 0) -> Bool {
    if isSent {
      statistics.sent += 1
      statistics.sentBytes += byteCount
    } else {
      statistics.unsent += 1
    }
    return isSent
  }
}
