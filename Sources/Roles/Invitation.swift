package import Coordination
package import ZeroMQ

/// What a server or worker needs to take part in a run.
package struct Invitation: Sendable {
  package let role: Member.Role
  /// The coordinator's address.
  package let endpoint: ZeroMQ.Endpoint
  /// The run's token; whoever does not have it is not heard.
  package let session: UInt64
  /// The rank to ask for; `nil` takes the lowest free one.
  package var rank: Int?
  /// The life that it was started as; 0 makes one up.
  package var incarnation: UInt64 = 0
  /// The run it was invited to; empty takes any.
  package var specHash = ""
  /// Where a server is to listen; `nil` chooses by the coordinator's address.
  package var listen: ZeroMQ.Endpoint?
  /// Where a worker finds the images, if not where the spec says.
  package var dataPath: String?
  /// Compute threads of a worker, if not as the spec says.
  package var threads: Int?
  /// Seconds to wait for the coordinator.
  package var deadline = 60.0

  package init(role: Member.Role, endpoint: ZeroMQ.Endpoint, session: UInt64) {
    self.role = role
    self.endpoint = endpoint
    self.session = session
  }

  /// The environment carries what other users of the machine must not see in the list of processes.
  package static let keyVariable = "TARE_KEY"
  package static let scratchVariable = "TARE_SCRATCH"

  /// The run's token as people type it: 16 hexadecimal digits.
  package static func key(of session: UInt64) -> String {
    let digits = String(session, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  package static func session(ofKey key: String) -> UInt64? {
    guard key.utf8.count == 16, key.utf8.first != UInt8(ascii: "+"), let session = UInt64(key, radix: 16), session != 0
    else { return nil }
    return session
  }
}
