import CZeroMQ

/// Counts connections of a socket whose ZeroMQ handshake failed; libzmq discards their bytes.
package struct HandshakeMonitor: ~Copyable {
  private let events: Socket
  private let watched: OpenSocket

  /// Starts watching `socket`; create it before the socket binds or connects.
  package init(of socket: borrowing Socket) throws(ZeroMQError) {
    let name = unsafe "inproc://monitor-\(UInt(bitPattern: socket.handle))"
    let failures =
      ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
    try ZeroMQError.check("monitor a socket") { unsafe zmq_socket_monitor(socket.handle, name, failures) }
    let pair = try Socket(.pair, in: socket.open.context)
    try pair.set(.linger(0))
    // With a limit, a flood of failed handshakes could block the I/O thread that reports them.
    try pair.set(.receiveHighWaterMark(0))
    let handle = unsafe pair.handle
    try ZeroMQError.check("monitor a socket") { unsafe zmq_connect(handle, name) }
    events = pair
    watched = socket.open
  }

  /// Ends the reports before their reader is gone: a closed socket goes on connecting as long as it lingers, and the I/O thread,
  /// which serves all sockets of the context, would wait for a reader of its next report for ever.
  deinit {
    // Fails only for an invalid handle.
    _ = try? ZeroMQError.check("end a monitor") { unsafe zmq_socket_monitor(watched.handle, nil, 0) }
  }

  /// Handshakes that failed since the last call, and those among them in which the authenticator refused the connection's key, or
  /// what came was encrypted for another key than the listener's.
  package func takeFailures() throws(ZeroMQError) -> (all: Int, refused: Int, unreadable: Int) {
    var (all, refused, unreadable) = (0, 0, 0)
    // An event consists of two frames: its number (2 bytes) and value, and the address.
    while let frame = try events.receive() {
      guard frame.hasMore else { continue }
      all += 1
      let number = frame.bytes.prefix(2).reversed().reduce(0) { $0 << 8 | CInt($1) }
      let value = frame.bytes.dropFirst(2).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
      let isCryptographic =
        number == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL && value == UInt32(ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC)
      if number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH { refused += 1 }
      if isCryptographic { unreadable += 1 }
    }
    return (all, refused, unreadable)
  }
}
