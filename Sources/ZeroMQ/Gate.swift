import Synchronization

/// Whom one socket lets in, and whom it did not: the authenticator decides by it and keeps account.
final class Gate: Sendable {
  enum Demand: Sendable {
    case password([UInt8])
    /// Each with the name by which the listener knows its holder.
    case keys([CurvePublicKey: String])
  }

  private let demand: Demand
  /// Whether those that it lets in have names.
  let knowsNames: Bool
  private let refused = Mutex<[RefusedPeer]>([])

  init(_ demand: Demand) {
    self.demand = demand
    knowsNames = if case .keys(let names) = demand { names.values.contains { !$0.isEmpty } } else { false }
  }

  /// What a connection presents.
  enum Credential {
    case password([UInt8])
    /// One whose secret the connection has proved to hold.
    case key(CurvePublicKey)
  }

  /// - Returns: the name of who asks; `nil` keeps the connection out.
  func admit(_ credential: Credential, from address: String) -> String? {
    switch (demand, credential) {
    case (.password(let demanded), .password(let presented)):
      guard demanded.count == presented.count else { return nil }
      // In the same time for every password.
      return zip(demanded, presented).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0 ? "" : nil
    case (.keys(let names), .key(let key)):
      if let name = names[key] { return name }
      refused.withLock { if $0.count < Self.most { $0.append(RefusedPeer(address: address, key: key)) } }
      return nil
    default: return nil
    }
  }

  /// Kept until somebody asks.
  private static let most = 64

  func takeRefused() -> [RefusedPeer] {
    refused.withLock { refused in
      defer { refused = [] }
      return refused
    }
  }
}

/// A connection that proved to hold a key, which is not among those that are let in.
package struct RefusedPeer: Hashable, Sendable {
  package let address: String
  package let key: CurvePublicKey
}
