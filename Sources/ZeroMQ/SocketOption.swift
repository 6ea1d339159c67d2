import CZeroMQ

/// A socket option; set it before the socket binds or connects.
package enum SocketOption: Sendable {
  /// How long unsent messages outlive the socket, in milliseconds. Must be finite, or termination may block forever.
  case linger(Int)
  /// Messages queued for one peer before sending fails.
  case sendHighWaterMark(Int)
  /// Messages queued from one peer before its sending fails; 0 means no limit.
  case receiveHighWaterMark(Int)
  /// A received frame larger than this many bytes closes its connection.
  case maximumFrameSize(Int)
  /// Whether sending to an unknown peer fails instead of silently dropping the message.
  case routerMandatory(Bool)
  /// Whether a peer that reconnects with the same routing id replaces its older connection.
  case routerHandover(Bool)
  /// The name by which a router knows this socket: 1 to 255 bytes, the first not 0.
  case routingID([UInt8])
}

extension Socket {
  package func set(_ option: SocketOption) throws(ZeroMQError) {
    switch option {
    case .linger(let milliseconds): try set(ZMQ_LINGER, CInt(clamping: milliseconds), option)
    case .sendHighWaterMark(let count): try set(ZMQ_SNDHWM, CInt(clamping: count), option)
    case .receiveHighWaterMark(let count): try set(ZMQ_RCVHWM, CInt(clamping: count), option)
    case .maximumFrameSize(let bytes): try set(ZMQ_MAXMSGSIZE, Int64(bytes), option)
    case .routerMandatory(let on): try set(ZMQ_ROUTER_MANDATORY, CInt(on ? 1 : 0), option)
    case .routerHandover(let on): try set(ZMQ_ROUTER_HANDOVER, CInt(on ? 1 : 0), option)
    case .routingID(let bytes):
      try ZeroMQError.check("set \(option)") {
        unsafe bytes.withUnsafeBytes { unsafe zmq_setsockopt(handle, ZMQ_ROUTING_ID, $0.baseAddress, $0.count) }
      }
    }
  }

  private func set<Value: FixedWidthInteger>(
    _ name: CInt, _ value: Value, _ option: SocketOption
  ) throws(ZeroMQError) {
    var value = value
    try ZeroMQError.check("set \(option)") { unsafe zmq_setsockopt(handle, name, &value, MemoryLayout<Value>.size) }
  }
}
