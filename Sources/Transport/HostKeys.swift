import Parameters
package import ZeroMQ

/// The long-lived key pair of a machine, and the machines that it trusts.
///
/// Each end of a connection lists the other's public key, so no secret is copied between machines. The one that leads a run lets
/// in those that it lists; the others connect to those that they list.
package struct HostKeys: Admission {
  /// A machine as others list it.
  package struct Entry: Hashable, Sendable {
    package let name: String
    package let publicKey: CurvePublicKey

    package init(name: String, publicKey: CurvePublicKey) { (self.name, self.publicKey) = (name, publicKey) }
  }

  /// This machine, as others are to list it.
  package let own: Entry
  package let trusted: [Entry]
  /// Of the pool that this machine opens.
  package let session: UInt64
  private let pair: CurveKeyPair

  /// - Parameters:
  ///   - name: of this machine.
  ///   - secret: 32 bytes.
  ///   - trusted: each with a key of its own.
  package init(name: String, secret: [UInt8], trusting trusted: [Entry]) throws(ZeroMQError) {
    pair = try CurveKeyPair(secret: secret)
    own = Entry(name: name, publicKey: pair.publicKey)
    self.trusted = trusted
    session = RunKey.session(from: pair.publicKey.bytes)
  }

  package func demanded(on endpoint: Endpoint) throws(ZeroMQError) -> SocketOption {
    .demandedKeys(pair, admitted: Dictionary(trusted.map { ($0.publicKey, $0.name) }) { first, _ in first })
  }

  /// For each machine that may lead a run here.
  package var credentials: [any Credentials] { trusted.map { HostCredentials(own: own, pair: pair, leader: $0) } }
}

/// What a machine shows to one of those that it trusts.
struct HostCredentials: Credentials {
  let own: HostKeys.Entry
  let pair: CurveKeyPair
  let leader: HostKeys.Entry

  var session: UInt64 { RunKey.session(from: leader.publicKey.bytes) }

  func presented(to endpoint: Endpoint) throws(ZeroMQError) -> SocketOption {
    .presentedKeys(pair, listener: leader.publicKey)
  }

  func sentence(on refusal: Refusal, by endpoint: Endpoint) -> String {
    switch refusal {
    case .connection:
      "\(leader.name) at \(endpoint) does not list this machine; accepted: a run whose file of keys "
        + "has the line \"\(own)\""
    case .listener: "\(endpoint) does not hold the key of \(leader.name)"
    }
  }
}

extension HostKeys.Entry: CustomStringConvertible {
  /// The word before a public key.
  package static let kind = "tare-x25519"

  /// The line by which others list the machine.
  package var description: String { "\(name) \(Self.kind) \(publicKey.bytes.hexadecimal)" }
}
