import CZeroMQ

/// Counts connections to a socket whose ZeroMQ handshake failed; libzmq discards their bytes.
package struct HandshakeMonitor: ~Copyable {
  private let events: Socket

  /// Starts watching `socket`; create it before the socket binds.
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
  }

  /// Handshakes that failed since the last call.
  package func takeFailures() throws(ZeroMQError) -> Int {
    var count = 0
    // An event consists of two frames: its number and value, and the address.
    while let frame = try events.receive() {
      if !frame.hasMore { count += 1 }
    }
    return count
  }
}
