package import Transport
package import ZeroMQ

/// Starts the agents of a pool of hosts, and ends them.
///
/// Each agent gets the key over stdin, which stays open: its end tells the agent that this process is gone.
package protocol AgentStarter: Sendable {
  /// Names of the hosts, in the order in which they are to fill.
  var hosts: [String] { get }

  /// - Parameter endpoints: addresses of the pool.
  func start(joining endpoints: [ZeroMQ.Endpoint], key: RunKey, absent: @escaping Absent)

  /// Starts the agent of one host again, if this is for the starter to do.
  func restart(_ host: String, joining endpoints: [ZeroMQ.Endpoint], key: RunKey, absent: @escaping Absent)

  /// Waits up to `deadline` seconds for the agents to end, then ends them.
  func close(within deadline: Double)
}

extension AgentStarter {
  /// Takes the name of a host whose agent can't be started or has ended, the reason, and whether the end was sudden.
  package typealias Absent = @Sendable (_ host: String, _ why: String, _ isSudden: Bool) -> Void

  package func restart(_ host: String, joining endpoints: [ZeroMQ.Endpoint], key: RunKey, absent: @escaping Absent) {}
}
