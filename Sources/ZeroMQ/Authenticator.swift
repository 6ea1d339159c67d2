import CZeroMQ

/// Decides, on a thread of its own, which connections may send: those that present the key that the socket demands. libzmq asks
/// it over a socket inside the process (ZeroMQ RFC 27, ZAP), before it takes a message from the connection. It ends when its
/// context is terminated, and does not keep it alive.
@safe struct Authenticator {
  init(in context: Context) throws(ZeroMQError) {
    guard let socket = unsafe zmq_socket(context.handle, ZMQ_REP) else { throw .last("make an authenticator") }
    do throws(ZeroMQError) {
      try ZeroMQError.check("make an authenticator") { unsafe zmq_bind(socket, "inproc://zeromq.zap.01") }
    } catch {
      unsafe zmq_close(socket)
      throw error
    }
    let thread = unsafe zmq_threadstart(
      { socket in
        guard let socket = unsafe socket else { return }
        // Ends with an error when the context is terminated, which then waits for the socket to be closed.
        do throws(ZeroMQError) { while true { unsafe try Authenticator.answer(over: socket) } } catch {}
        unsafe zmq_close(socket)
      }, socket)
    unsafe self.thread = thread
  }

  private let thread: UnsafeMutableRawPointer?

  /// Waits for its end, after the context has been terminated.
  func join() { if let thread = unsafe thread { unsafe zmq_threadclose(thread) } }

  private static func answer(over socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
    var request: [[UInt8]] = []
    while true {
      let frame = Frame()
      let message = unsafe frame.message
      try ZeroMQError.check("hear of a connection") { unsafe zmq_msg_recv(message, socket, 0) }
      request.append(frame.bytes)
      if !frame.hasMore { break }
    }
    let status = isAuthentic(request) ? "200" : "400"
    // Version, number of the request, status, text, user, metadata.
    let reply = ["1.0".utf8, nil, status.utf8, "".utf8, "".utf8, "".utf8].map { $0.map(Array.init) }
    for (index, part) in reply.enumerated() {
      let part = part ?? (request.count > 1 ? request[1] : [])
      try ZeroMQError.check("answer for a connection") {
        unsafe zmq_send(socket, part, part.count, index < reply.count - 1 ? ZMQ_SNDMORE : 0)
      }
    }
  }

  /// Whether a request (version, number, domain, address, routing id, mechanism, credentials) presents the key that its
  /// domain is: a password, or a public key whose secret the connection has proved to hold.
  static func isAuthentic(_ request: [[UInt8]]) -> Bool {
    guard request.count > 6, request[0] == Array("1.0".utf8), let presented = credential(of: request) else {
      return false
    }
    let demanded = request[2]
    guard !demanded.isEmpty, demanded.count == presented.count else { return false }
    // In the same time for every key.
    return zip(demanded, presented).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func credential(of request: [[UInt8]]) -> [UInt8]? {
    switch String(decoding: request[5], as: UTF8.self) {
    case "PLAIN" where request.count == 8: request[7]  // after the user
    case "CURVE" where request.count == 7 && request[6].count == 32: Array(Z85.encode(request[6]).utf8)
    default: nil
    }
  }
}
