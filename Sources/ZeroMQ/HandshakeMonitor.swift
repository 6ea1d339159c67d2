import CZeroMQ

/// Counts the strangers that connected to a socket and never spoke its protocol; their bytes reach nobody.
package struct HandshakeMonitor: ~Copyable {
  private let events: Socket

  /// Watches `socket` from now on. To be made before the socket binds.
  package init(of socket: borrowing Socket) throws(ZeroMQError) {
    let name = unsafe "inproc://monitor-\(UInt(bitPattern: socket.handle))"
    let failures =
      ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
    try ZeroMQError.check("monitor a socket") { unsafe zmq_socket_monitor(socket.handle, name, failures) }
    let pair = try Socket(.pair, in: socket.open.context)
    try pair.set(.linger(0))
    // With a limit, a flood of strangers could block the I/O thread that reports them.
    try pair.set(.receiveHighWaterMark(0))
    let handle = unsafe pair.handle
    try ZeroMQError.check("monitor a socket") { unsafe zmq_connect(handle, name) }
    events = pair
  }

  /// Handshakes that failed since the last call.
  package func takeFailures() throws(ZeroMQError) -> Int {
    var count = 0
    // An event is two frames: a number and value, and the address.
    while let frame = try events.receive() {
      if !frame.hasMore { count += 1 }
    }
    return count
  }
}
