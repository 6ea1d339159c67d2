import Parameters

/// One remote end of a `Listener`. It stays the same for the lifetime of its `Connection`, across network failures.
package struct Peer: Hashable, Sendable, CustomStringConvertible {
  /// The routing id: chosen by the other end or generated for it. It does not authenticate the peer.
  package let identity: [UInt8]

  package init(identity: [UInt8]) { self.identity = identity }

  /// The single peer of a `Connection`.
  package static let counterpart = Peer(identity: [])

  package var description: String { "peer \(identity.hexadecimal)" }
}
