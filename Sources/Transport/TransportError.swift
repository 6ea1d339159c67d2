package import Messages
package import ZeroMQ

/// Why a message could not be sent at all; a peer that is gone or busy is no error.
package enum TransportError: Error, Hashable, CustomStringConvertible {
  case socket(ZeroMQError)
  case message(MessageError)

  package var description: String {
    switch self {
    case .socket(let error): error.description
    case .message(let error): error.description
    }
  }
}
