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
  /// Only peers that present this key may send anything. ZeroMQ's PLAIN mechanism: the key travels in the clear. It does not
  /// apply to `inproc`, which only this process can reach.
  case demandedKey(String)
  /// The key that the other end demands.
  case presentedKey(String)
  /// Connections are encrypted, and only peers that hold one of these keys may send anything: CURVE. Each key has the name that
  /// frames of its holder carry as `Frame.sender`. Not for `inproc`.
  case demandedKeys(CurveKeyPair, admitted: [CurvePublicKey: String])
  /// The key pair that the other end demands, and the other end's own key, without which it is not heard.
  case presentedKeys(CurveKeyPair, listener: CurvePublicKey)
  /// Whether names and addresses may be IPv6 beside IPv4.
  case bothInternetProtocols
  /// How long a connection may take to present its key, in milliseconds.
  case handshakeDeadline(Int)
  /// How long sent bytes may stay unacknowledged until a TCP connection counts as broken, in milliseconds. The kernel by itself
  /// takes minutes, and after a cut waits for as long again as that took.
  case acknowledgmentDeadline(Int)
  /// Whether messages are queued only for connections that are established; without one, sending fails.
  case sendsOnlyIfConnected(Bool)
  /// How long an attempt to connect may take until there is another one, in milliseconds.
  case connectDeadline(Int)
}

extension Socket {
  package func set(_ option: SocketOption) throws(ZeroMQError) {
    switch option {
    case .linger(let milliseconds): try set(ZMQ_LINGER, CInt(clamping: milliseconds), "set \(option)")
    case .sendHighWaterMark(let count): try set(ZMQ_SNDHWM, CInt(clamping: count), "set \(option)")
    case .receiveHighWaterMark(let count): try set(ZMQ_RCVHWM, CInt(clamping: count), "set \(option)")
    case .maximumFrameSize(let bytes): try set(ZMQ_MAXMSGSIZE, Int64(bytes), "set \(option)")
    case .routerMandatory(let on): try set(ZMQ_ROUTER_MANDATORY, CInt(on ? 1 : 0), "set \(option)")
    case .routerHandover(let on): try set(ZMQ_ROUTER_HANDOVER, CInt(on ? 1 : 0), "set \(option)")
    case .routingID(let bytes): try set(ZMQ_ROUTING_ID, bytes, "set a routing id")
    case .demandedKey(let key):
      try demand(.password(Array(key.utf8)))
      try set(ZMQ_PLAIN_SERVER, CInt(1), "demand a key")
    case .presentedKey(let key):
      try set(ZMQ_PLAIN_USERNAME, Array("tare".utf8), "present a key")
      try set(ZMQ_PLAIN_PASSWORD, Array(key.utf8), "present a key")
    case .demandedKeys(let own, let admitted):
      try demand(.keys(admitted))
      try set(ZMQ_CURVE_SERVER, CInt(1), "demand a key")
      try set(ZMQ_CURVE_SECRETKEY, Array(own.secret.utf8), "demand a key")
    case .presentedKeys(let own, let listener):
      try set(ZMQ_CURVE_SERVERKEY, Array(listener.text.utf8), "present a key")
      try set(ZMQ_CURVE_PUBLICKEY, Array(own.publicKey.text.utf8), "present a key")
      try set(ZMQ_CURVE_SECRETKEY, Array(own.secret.utf8), "present a key")
    case .bothInternetProtocols: try set(ZMQ_IPV6, CInt(1), "use IPv6")
    case .handshakeDeadline(let milliseconds): try set(ZMQ_HANDSHAKE_IVL, CInt(clamping: milliseconds), "set \(option)")
    case .acknowledgmentDeadline(let milliseconds):
      try set(ZMQ_TCP_MAXRT, CInt(clamping: milliseconds), "set \(option)")
    case .sendsOnlyIfConnected(let on): try set(ZMQ_IMMEDIATE, CInt(on ? 1 : 0), "set \(option)")
    case .connectDeadline(let milliseconds): try set(ZMQ_CONNECT_TIMEOUT, CInt(clamping: milliseconds), "set \(option)")
    }
  }

  private func demand(_ demand: Gate.Demand) throws(ZeroMQError) {
    let gate = Gate(demand)
    let domain = try open.context.open(gate)
    open.gate = (domain, gate)
    try set(ZMQ_ZAP_DOMAIN, Array(domain.utf8), "demand a key")
  }

  /// Whether frames carry the names of those who sent them.
  package var knowsNames: Bool { open.gate?.gate.knowsNames ?? false }

  /// The connections that were refused since the last call, because their keys are not among those demanded.
  package func takeRefused() -> [RefusedPeer] { open.gate?.gate.takeRefused() ?? [] }

  private func set(_ name: CInt, _ bytes: [UInt8], _ attempt: String) throws(ZeroMQError) {
    try ZeroMQError.check(attempt) {
      unsafe bytes.withUnsafeBytes { unsafe zmq_setsockopt(handle, name, $0.baseAddress, $0.count) }
    }
  }

  private func set<Value: FixedWidthInteger>(
    _ name: CInt, _ value: Value, _ attempt: String
  ) throws(ZeroMQError) {
    var value = value
    try ZeroMQError.check(attempt) { unsafe zmq_setsockopt(handle, name, &value, MemoryLayout<Value>.size) }
  }
}
