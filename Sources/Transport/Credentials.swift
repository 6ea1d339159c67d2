package import ZeroMQ

/// Whom a listener lets in.
package protocol Admission: Sendable {
  /// The token in every envelope, by which messages of another run are told apart; not a secret, and never 0.
  var session: UInt64 { get }

  /// What a socket that listens on `endpoint` demands.
  func demanded(on endpoint: Endpoint) throws(ZeroMQError) -> SocketOption
}

/// What a connection shows to be let in, and by which it knows its listener.
package protocol Credentials: Sendable {
  /// As the listener's.
  var session: UInt64 { get }

  /// What a socket that connects to `endpoint` presents.
  func presented(to endpoint: Endpoint) throws(ZeroMQError) -> SocketOption

  /// What to tell people when it was of no use.
  func sentence(on refusal: Refusal, by endpoint: Endpoint) -> String
}

/// Why a handshake over keys fails.
package enum Refusal: Hashable, Sendable {
  /// The listener holds the key that it is to hold, and does not let the connection in.
  case connection
  /// The listener has another key.
  case listener
}
