import CZeroMQ

/// A key pair of CurveZMQ (ZeroMQ RFC 26): X25519 for the handshake, in which each end proves that it holds its own; XSalsa20 and
/// Poly1305 for what follows, with keys that each connection draws anew.
package struct CurveKeyPair: Sendable {
  /// In Z85.
  let secret: String
  package let publicKey: CurvePublicKey

  /// - Parameter secret: 32 bytes.
  package init(secret bytes: [UInt8]) throws(ZeroMQError) {
    let secret = Z85.encode(bytes)
    self.secret = secret
    var text = [CChar](repeating: 0, count: 41)
    try ZeroMQError.check("make a key pair") { unsafe zmq_curve_public(&text, secret) }
    var bytes = [UInt8](repeating: 0, count: CurvePublicKey.byteCount)
    let isDecoded = unsafe zmq_z85_decode(&bytes, text) != nil
    precondition(isDecoded, "libzmq reads what it wrote")
    publicKey = CurvePublicKey(unchecked: bytes)
  }
}

/// What all may know of a key pair.
package struct CurvePublicKey: Hashable, Sendable {
  package let bytes: [UInt8]

  package static let byteCount = 32

  /// - Returns: `nil` if there are not 32 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(unchecked: bytes)
  }

  fileprivate init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// In Z85, ZeroMQ's 40 characters for 32 bytes.
  var text: String { Z85.encode(bytes) }
}

/// Text for bytes whose count is a multiple of 4 (ZeroMQ RFC 32).
private enum Z85 {
  static func encode(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: bytes.count * 5 / 4 + 1)
    let isEncoded = unsafe zmq_z85_encode(&text, bytes, bytes.count) != nil
    precondition(isEncoded, "the count is a multiple of 4")
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
