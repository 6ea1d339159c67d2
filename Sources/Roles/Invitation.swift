package import Coordination
import Foundation
package import RunDefinition
package import Transport
package import ZeroMQ

/// What a server or worker needs to take part in a run.
package struct Invitation: Sendable {
  package let role: Member.Role
  /// The coordinator's address.
  package let endpoint: ZeroMQ.Endpoint
  /// Whoever does not have the run's is not heard.
  package let key: RunKey
  /// The rank to ask for; `nil` takes the lowest free one.
  package var rank: Int?
  /// The life that it was started as; 0 makes one up.
  package var incarnation: UInt64 = 0
  /// The run it was invited to; empty takes any.
  package var specHash = ""
  /// The run of a member that is a thread of the coordinator's process: not read from the coordinator's message.
  package var definition: RunDefinition?
  /// Where a server is to listen; `nil` chooses by the coordinator's address.
  package var listen: ZeroMQ.Endpoint?
  /// Where a worker finds the images, if not where the spec says.
  package var dataPath: String?
  /// Compute threads of a worker, if not as the spec says.
  package var threads: Int?
  /// A worker's, in place of computing.
  package var emulated: EmulatedComputing?
  /// The machine, as its agent calls it, or by its own name.
  package let host = ProcessInfo.processInfo.environment[hostVariable] ?? ProcessInfo.processInfo.hostName
  /// Seconds to wait for the coordinator.
  package var deadline = 60.0
  /// Seconds to wait for a coordinator that has fallen silent.
  package var rejoinDeadline = Timing.rejoining

  package init(role: Member.Role, endpoint: ZeroMQ.Endpoint, key: RunKey) {
    self.role = role
    self.endpoint = endpoint
    self.key = key
  }

  /// The arguments with which this program starts a member as a child process.
  package static func arguments(
    of role: Member.Role, rank: Int, incarnation: UInt64, joining endpoint: ZeroMQ.Endpoint
  ) -> [String] {
    [
      role.rawValue, "--join", endpoint.description, "--rank", "\(rank)", "--incarnation", "\(incarnation)", "--child",
    ]
  }

  /// The environment carries what other users of the machine must not see in the list of processes.
  package static let keyVariable = "TARE_KEY"
  package static let scratchVariable = "TARE_SCRATCH"
  package static let hostVariable = "TARE_HOST"
}
