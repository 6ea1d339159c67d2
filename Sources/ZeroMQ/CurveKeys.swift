import CZeroMQ

/// The key pairs of both ends of CurveZMQ connections (ZeroMQ RFC 26): X25519 for the handshake, XSalsa20 and Poly1305 for what
/// follows, with keys that each connection draws anew.
package struct CurveKeys: Sendable {
  let listener: Pair
  let connection: Pair

  /// - Parameters: 32 bytes each.
  package init(listenerSecret: [UInt8], connectionSecret: [UInt8]) throws(ZeroMQError) {
    listener = try Pair(secret: listenerSecret)
    connection = try Pair(secret: connectionSecret)
  }

  /// In Z85, ZeroMQ's 40 characters for 32 bytes.
  struct Pair: Sendable {
    let secret: String
    let publicKey: String

    init(secret bytes: [UInt8]) throws(ZeroMQError) {
      let secret = Z85.encode(bytes)
      self.secret = secret
      var text = [CChar](repeating: 0, count: 41)
      try ZeroMQError.check("make a key pair") { unsafe zmq_curve_public(&text, secret) }
      publicKey = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }
}

/// Text for bytes whose count is a multiple of 4 (ZeroMQ RFC 32).
enum Z85 {
  static func encode(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: bytes.count * 5 / 4 + 1)
    let isEncoded = unsafe zmq_z85_encode(&text, bytes, bytes.count) != nil
    precondition(isEncoded, "the count is a multiple of 4")
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
