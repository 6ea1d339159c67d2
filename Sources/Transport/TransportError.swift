import Failures
package import Messages
package import ZeroMQ

/// Why a message could not be sent at all; a peer that is gone or busy is not an error.
package enum TransportError: ExitCoded, Hashable {
  case socket(ZeroMQError)
  case message(MessageError)

  package var exitCode: Int32 { ExitCode.software }

  package var description: String {
    switch self {
    case .socket(let error): error.description
    case .message(let error): error.description
    }
  }
}

extension ZeroMQError: ExitCoded {
  package var exitCode: Int32 { ExitCode.unavailable }
}

extension EndpointError: ExitCoded {
  package var exitCode: Int32 { ExitCode.usage }
}
