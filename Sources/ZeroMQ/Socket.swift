import CZeroMQ

/// A uniquely owned libzmq socket; closed when its owner releases it.
///
/// Not `Sendable`: a socket serves one thread at a time. Nothing here blocks.
@safe package struct Socket: ~Copyable {
  package enum Kind: Sendable {
    /// Many peers, each identified by its routing id.
    case router
    /// One peer, asynchronously.
    case dealer
    /// The other end of a socket's monitor.
    case pair

    fileprivate var rawValue: CInt {
      switch self {
      case .router: ZMQ_ROUTER
      case .dealer: ZMQ_DEALER
      case .pair: ZMQ_PAIR
      }
    }
  }

  let open: OpenSocket

  package init(_ kind: Kind, in context: Context) throws(ZeroMQError) {
    guard let handle = unsafe zmq_socket(context.handle, kind.rawValue) else { throw .last("make a socket") }
    unsafe open = OpenSocket(handle, context)
  }

  var handle: UnsafeMutableRawPointer { unsafe open.handle }

  /// Starts to listen. An `ipc` path must not be in use: libzmq silently takes it over from another listener.
  ///
  /// - Returns: the endpoint with the port that the system chose.
  package func bind(to endpoint: Endpoint) throws(ZeroMQError) -> Endpoint {
    try ZeroMQError.check("listen on \(endpoint)") { unsafe zmq_bind(handle, endpoint.description) }
    let bound = (try? Endpoint(lastEndpoint())) ?? endpoint
    if case .ipc(let path) = bound.kind, !path.hasPrefix("@") { open.socketFile = path }
    return bound
  }

  /// Returns immediately; the connection is established, and reestablished after a failure, in the background.
  package func connect(to endpoint: Endpoint) throws(ZeroMQError) {
    try ZeroMQError.check("connect to \(endpoint)") { unsafe zmq_connect(handle, endpoint.description) }
  }

  /// Closes a connection and discards the messages queued for it.
  package func disconnect(from endpoint: Endpoint) throws(ZeroMQError) {
    try ZeroMQError.check("disconnect from \(endpoint)") { unsafe zmq_disconnect(handle, endpoint.description) }
  }

  /// Queues one frame; libzmq takes ownership of its bytes without copying them.
  ///
  /// - Parameter more: whether another frame of the same message follows.
  /// - Returns: false if the queue is full or, on a router, if no such peer is connected.
  package func send(_ frame: consuming Frame, more: Bool = false) throws(ZeroMQError) -> Bool {
    let message = unsafe frame.message
    let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
    return try ZeroMQError.check("send", accepting: EAGAIN, EHOSTUNREACH) {
      unsafe zmq_msg_send(message, handle, flags)
    } >= 0
  }

  /// The next frame, whatever its size; `nil` if there is none now.
  package func receive() throws(ZeroMQError) -> Frame? {
    let frame = Frame()
    let message = unsafe frame.message
    let received = try ZeroMQError.check("receive", accepting: EAGAIN) {
      unsafe zmq_msg_recv(message, handle, ZMQ_DONTWAIT)
    }
    guard received >= 0 else { return nil }
    return frame
  }

  private func lastEndpoint() throws(ZeroMQError) -> String {
    var (text, length) = ([CChar](repeating: 0, count: 1024), 1024)
    try ZeroMQError.check("ask for the endpoint") {
      unsafe zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &text, &length)
    }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// A socket's handle, shared by its owner and its poll items; closed with the last reference.
@safe final class OpenSocket {
  let handle: UnsafeMutableRawPointer
  /// Kept alive here, so that it is terminated after its sockets.
  let context: Context

  init(_ handle: UnsafeMutableRawPointer, _ context: Context) {
    unsafe self.handle = handle
    self.context = context
  }

  /// Removed on close, because libzmq does not do it. A name that begins with @ has no file.
  var socketFile: String?

  /// Whom it lets in, if it demands a key.
  var gate: (domain: String, gate: Gate)?

  deinit {
    if let gate { context.closeGate(gate.domain) }
    if let socketFile { unsafe unlink(socketFile) }
    unsafe zmq_close(handle)
  }
}
