package import Transport
package import ZeroMQ

/// What the agent of a machine needs to offer it.
package struct HostInvitation: Sendable {
  /// Addresses of one pool; the first that answers is used.
  package let endpoints: [ZeroMQ.Endpoint]
  /// For each pool that may be at these addresses.
  package let credentials: [any Credentials]
  package let name: String
  /// Compute threads that the machine offers.
  package let slots: Int
  /// Processors that the agent may use.
  package let cores: Int
  /// Where workers find the images on this machine, if not where the spec says.
  package var dataPath: String?
  /// The networks by which workers of other machines are to reach the servers here; `nil` for the one that leads to the pool.
  package var interfaces: InterfaceChoice?
  /// Seconds to wait for the pool.
  package var deadline: Double
  /// Seconds to wait for a pool that has fallen silent.
  package var rejoinDeadline: Double

  package init(
    endpoints: [ZeroMQ.Endpoint], credentials: [any Credentials], name: String, slots: Int, cores: Int,
    dataPath: String? = nil, interfaces: InterfaceChoice? = nil, deadline: Double, rejoinDeadline: Double
  ) {
    self.endpoints = endpoints
    self.credentials = credentials
    self.name = name
    self.slots = slots
    self.cores = cores
    self.dataPath = dataPath
    self.interfaces = interfaces
    self.deadline = deadline
    self.rejoinDeadline = rejoinDeadline
  }
}
