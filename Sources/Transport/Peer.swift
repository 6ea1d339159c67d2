import Parameters

/// One of the many ends that talk to a `Listener`, as long as it keeps its `Connection`, breaks of the network included.
package struct Peer: Hashable, Sendable, CustomStringConvertible {
  /// The routing id: what the other end calls itself, or what was made up for it. No proof of anything.
  package let identity: [UInt8]

  package init(identity: [UInt8]) { self.identity = identity }

  /// The only end that a `Connection` talks to.
  package static let counterpart = Peer(identity: [])

  package var description: String { "peer \(identity.hexadecimal)" }
}
