import CZeroMQ
import Synchronization

/// Decides, on a thread of its own, which connections may send: those that the gate of their socket lets in. libzmq asks
/// it over a socket inside the process (ZeroMQ RFC 27, ZAP), before it takes a message from the connection. It ends when its
/// context is terminated, and does not keep it alive.
@safe final class Authenticator: @unchecked Sendable {
  // Used by the thread only, and by `join` after its end.
  private let socket: UnsafeMutableRawPointer
  private var thread: UnsafeMutableRawPointer?
  private let state = Mutex(State())

  private struct State {
    /// By the domains that libzmq names in its questions.
    var gates: [String: Gate] = [:]
    var opened = 0
  }

  init(in context: Context) throws(ZeroMQError) {
    guard let socket = unsafe zmq_socket(context.handle, ZMQ_REP) else { throw .last("make an authenticator") }
    unsafe self.socket = socket
    do throws(ZeroMQError) {
      try ZeroMQError.check("make an authenticator") { unsafe zmq_bind(socket, "inproc://zeromq.zap.01") }
    } catch {
      unsafe zmq_close(socket)
      throw error
    }
    unsafe thread = zmq_threadstart(
      { argument in
        guard let argument = unsafe argument else { return }
        let authenticator = unsafe Unmanaged<Authenticator>.fromOpaque(argument).takeRetainedValue()
        // Ends with an error when the context is terminated, which then waits for the socket to be closed.
        do throws(ZeroMQError) { while true { try authenticator.answer() } } catch {}
        unsafe zmq_close(authenticator.socket)
      }, Unmanaged.passRetained(self).toOpaque())
  }

  /// Waits for its end, after the context has been terminated.
  func join() { if let thread = unsafe thread { unsafe zmq_threadclose(thread) } }

  /// - Returns: the domain by which the socket of the gate is to be known.
  func open(_ gate: Gate) -> String {
    state.withLock { state in
      state.opened += 1
      let domain = "\(state.opened)"
      state.gates[domain] = gate
      return domain
    }
  }

  func close(_ domain: String) { state.withLock { $0.gates[domain] = nil } }

  private func answer() throws(ZeroMQError) {
    var request: [[UInt8]] = []
    while true {
      let frame = Frame()
      let message = unsafe frame.message
      try ZeroMQError.check("hear of a connection") { unsafe zmq_msg_recv(message, socket, 0) }
      request.append(frame.bytes)
      if !frame.hasMore { break }
    }
    let name = name(of: request)
    let status = name == nil ? "400" : "200"
    // Version, number of the request, status, text, user, metadata.
    let reply = ["1.0".utf8, nil, status.utf8, "".utf8, (name ?? "").utf8, "".utf8].map { $0.map(Array.init) }
    for (index, part) in reply.enumerated() {
      let part = part ?? (request.count > 1 ? request[1] : [])
      try ZeroMQError.check("answer for a connection") {
        unsafe zmq_send(socket, part, part.count, index < reply.count - 1 ? ZMQ_SNDMORE : 0)
      }
    }
  }

  /// Of who asks by a request (version, number, domain, address, routing id, mechanism, credentials); `nil` keeps it out.
  private func name(of request: [[UInt8]]) -> String? {
    guard request.count > 6, request[0] == Array("1.0".utf8), let credential = Self.credential(of: request) else {
      return nil
    }
    let domain = String(decoding: request[2], as: UTF8.self)
    return state.withLock { $0.gates[domain] }?.admit(credential, from: String(decoding: request[3], as: UTF8.self))
  }

  private static func credential(of request: [[UInt8]]) -> Gate.Credential? {
    switch String(decoding: request[5], as: UTF8.self) {
    case "PLAIN" where request.count == 8: .password(request[7])  // after the user
    case "CURVE" where request.count == 7: CurvePublicKey(request[6]).map(Gate.Credential.key)
    default: nil
    }
  }
}
