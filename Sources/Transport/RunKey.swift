import OpenSSL
import Parameters
package import ZeroMQ

/// The secret that a run's processes share; whoever has it may take part in the run.
///
/// It never travels. Each use has a value of its own, the SHA-256 of a label and the key, so that a value that is seen in
/// one place (the session in every message) says nothing about the others.
package struct RunKey: Hashable, Sendable {
  /// 16 random bytes.
  private let bytes: [UInt8]
  /// The run's token in every envelope, by which messages of another run are told apart; not a secret, and never 0.
  package let session: UInt64

  /// Draws a new key.
  package init() {
    var generator = SystemRandomNumberGenerator()
    self.init((0..<Self.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }

  /// - Returns: `nil` if `text` is not 32 hexadecimal digits.
  package init?(text: String) {
    let digits = Array(text.utf8)
    guard digits.count == Self.digitCount else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard digits[index] != UInt8(ascii: "+"),
        let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    self.init(bytes)
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    session = max(1, Self.derive("session", from: bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// As people copy it: 32 hexadecimal digits.
  package var text: String { bytes.hexadecimal }

  package static let digitCount = 2 * byteCount
  private static let byteCount = 16

  /// What a socket that listens on `endpoint` demands. Between hosts, connections are authenticated both ways and encrypted;
  /// within one, a password that does not leave the system's sockets is enough.
  package func demanded(on endpoint: Endpoint) throws(ZeroMQError) -> SocketOption {
    if case .tcp = endpoint.kind { .demandedKeys(try curveKeys()) } else { .demandedKey(password) }
  }

  /// What a socket that connects to `endpoint` presents.
  package func presented(to endpoint: Endpoint) throws(ZeroMQError) -> SocketOption {
    if case .tcp = endpoint.kind { .presentedKeys(try curveKeys()) } else { .presentedKey(password) }
  }

  private var password: String { Self.derive("password", from: bytes).hexadecimal }

  /// Every holder of the key computes both pairs, so nothing but the key has to be handed over.
  private func curveKeys() throws(ZeroMQError) -> CurveKeys {
    try CurveKeys(
      listenerSecret: Self.derive("curve listener", from: bytes),
      connectionSecret: Self.derive("curve connection", from: bytes))
  }

  private static func derive(_ use: String, from bytes: [UInt8]) -> [UInt8] {
    SHA256.hash(Array("tare \(use)".utf8) + [0] + bytes)
  }
}
