package import Transport
package import ZeroMQ

/// Starts the agents of a pool of hosts, and ends them.
///
/// Each agent gets the key over stdin, which stays open: its end tells the agent that this process is gone.
package protocol AgentStarter: Sendable {
  /// Names of the hosts, in the order in which they are to fill.
  var hosts: [String] { get }

  /// - Parameters:
  ///   - endpoints: addresses of the pool.
  ///   - absent: takes the name of a host whose agent can't be started, or has ended, and the reason.
  func start(
    joining endpoints: [ZeroMQ.Endpoint], key: RunKey,
    absent: @escaping @Sendable (_ host: String, _ why: String) -> Void
  )

  /// Waits up to `deadline` seconds for the agents to end, then ends them.
  func close(within deadline: Double)
}
