import Failures

/// Why bytes are no message, or a value cannot become one.
package enum MessageError: ExitCoded, Hashable {
  /// The message belongs to this other session.
  case wrongSession(UInt64)
  /// The message speaks this other version of the protocol.
  case wrongVersion(UInt32)
  /// Everything else, as a sentence that names the field, the value and what is accepted.
  case malformed(String)

  package var exitCode: Int32 { ExitCode.software }

  package var description: String {
    switch self {
    // The token itself is nobody else's business.
    case .wrongSession: "the message belongs to another session"
    case .wrongVersion(let version):
      "the message speaks protocol version \(version), this program version \(Envelope.protocolVersion)"
    case .malformed(let sentence): sentence
    }
  }
}
