/// A second connection to a listener, for large tensors.
package struct TensorChannelOffer: Hashable, Sendable {
  package let port: UInt16
  /// What the listener's port asks for; protects nothing else.
  package let password: String
  /// Of the one connection that this offer is for.
  package let id: UInt64
  /// From which the keys of both directions are derived.
  package let secret: String

  package init(port: UInt16, password: String, id: UInt64, secret: String) {
    (self.port, self.password, self.id, self.secret) = (port, password, id, secret)
  }
}
