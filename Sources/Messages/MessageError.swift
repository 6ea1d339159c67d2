import Failures

/// Why bytes are not a valid message, or a value cannot be encoded as one.
package enum MessageError: ExitCoded, Hashable {
  /// The message belongs to this other session.
  case wrongSession(UInt64)
  /// The message uses this other version of the protocol.
  case wrongVersion(UInt32)
  /// Anything else, as a sentence that names the field, the value and the accepted values.
  case malformed(String)

  package var exitCode: Int32 { ExitCode.software }

  package var description: String {
    switch self {
    // The session token is a secret and must not be printed.
    case .wrongSession: "the message belongs to another session"
    case .wrongVersion(let version):
      "the message speaks protocol version \(version), this program version \(Envelope.protocolVersion)"
    case .malformed(let sentence): sentence
    }
  }
}
