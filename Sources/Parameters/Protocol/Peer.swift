/// One remote end of a `Listener`, as the state machines address it. It stays the same for the lifetime of its `Connection`, across
/// network failures.
package struct Peer: Hashable, Sendable, CustomStringConvertible {
  /// The routing id: chosen by the other end or generated for it. It does not authenticate the peer.
  package let identity: [UInt8]

  package init(identity: [UInt8]) { self.identity = identity }

  /// The identity of a connection that shows `badge`, and differs from every other one that does.
  package static func identity(showing badge: UInt64?) -> [UInt8] {
    // Identities that begin with 0 are reserved by libzmq.
    func random(_ count: Int, from least: UInt8) -> [UInt8] { (0..<count).map { _ in .random(in: least...255) } }
    guard let badge else { return random(16, from: 2) }
    return [Self.showsBadge] + (0..<8).map { UInt8(truncatingIfNeeded: badge >> (8 * $0)) } + random(7, from: 0)
  }

  /// What the connection shows to prove that it belongs to a certain life of a worker; `nil` if it shows nothing.
  package var badge: UInt64? {
    guard identity.count == 16, identity[0] == Self.showsBadge else { return nil }
    return identity[1...8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static let showsBadge: UInt8 = 1

  /// The single peer of a `Connection`.
  package static let counterpart = Peer(identity: [])

  package var description: String { "peer \(identity.hexadecimal)" }
}
