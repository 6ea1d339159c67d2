import OpenSSL
import Parameters
package import ZeroMQ

/// The secret that a run's processes share; whoever has it may take part in the run.
///
/// It never travels. Each use has a value of its own, the SHA-256 of a label and the key, so that a value that is seen in
/// one place (the session in every message) says nothing about the others.
package struct RunKey: Hashable, Admission, Credentials {
  /// 16 random bytes.
  private let bytes: [UInt8]
  /// The run's token in every envelope, by which messages of another run are told apart; not a secret, and never 0.
  package let session: UInt64

  /// Draws a new key.
  package init() {
    self.init(.random(count: Self.byteCount))
  }

  /// - Returns: `nil` if `text` is not 32 hexadecimal digits.
  package init?(text: String) {
    guard text.utf8.count == Self.digitCount, let bytes = [UInt8](hexadecimal: text) else { return nil }
    self.init(bytes)
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    session = Self.session(from: bytes)
  }

  /// How logs name the run of a session: 16 hexadecimal digits.
  package static func name(ofSession session: UInt64) -> String {
    let digits = String(session, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// As people copy it: 32 hexadecimal digits.
  package var text: String { bytes.hexadecimal }

  package static let digitCount = 2 * byteCount
  private static let byteCount = 16

  // Between hosts, connections are authenticated both ways and encrypted; within one, a password that does not leave the
  // system's sockets is enough. Every holder of the key computes both pairs, so nothing but the key has to be handed over.

  package func demanded(on endpoint: Endpoint) throws(ZeroMQError) -> SocketOption {
    guard case .tcp = endpoint.kind else { return .demandedKey(password) }
    return .demandedKeys(try pair("listener"), admitted: [try pair("connection").publicKey: ""])
  }

  package func presented(to endpoint: Endpoint) throws(ZeroMQError) -> SocketOption {
    guard case .tcp = endpoint.kind else { return .presentedKey(password) }
    return .presentedKeys(try pair("connection"), listener: try pair("listener").publicKey)
  }

  package func sentence(on refusal: Refusal, by endpoint: Endpoint) -> String {
    "\(endpoint) does not accept this key: it belongs to another run"
  }

  private var password: String { Self.derive("password", from: bytes).hexadecimal }

  private func pair(_ end: String) throws(ZeroMQError) -> CurveKeyPair {
    try CurveKeyPair(secret: Self.derive("curve \(end)", from: bytes))
  }

  /// A token that says nothing of what it is made from, and is never 0.
  static func session(from bytes: [UInt8]) -> UInt64 {
    max(1, derive("session", from: bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  private static func derive(_ use: String, from bytes: [UInt8]) -> [UInt8] {
    SHA256.hash(Array("tare \(use)".utf8) + [0] + bytes)
  }
}
