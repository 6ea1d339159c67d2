/// Pool → agent: everything that is to run on a machine, among the hosts of one pool. Processes that are not listed are to end.
package struct HostOrders: Hashable, Sendable {
  /// Increases with every change.
  package var number: Int
  package var processes: [HostedProcess]

  package init(number: Int, processes: [HostedProcess]) {
    self.number = number
    self.processes = processes
  }
}

/// One life of a server or worker on a host.
package struct HostedProcess: Hashable, Sendable {
  package enum Role: String, Hashable, Sendable, CaseIterable { case server, worker }

  /// Unique in the pool.
  package let id: Int
  package let role: Role
  package let rank: Int
  package let incarnation: UInt64
  /// The TCP port of the run's coordinator.
  package let port: UInt16
  /// The key of the run, as text.
  package let key: String
  /// Whether all servers and workers of the run are on this machine, so that they can talk through files.
  package let isWithAll: Bool

  package init(
    id: Int, role: Role, rank: Int, incarnation: UInt64, port: UInt16, key: String, isWithAll: Bool = false
  ) {
    self.id = id
    self.role = role
    self.rank = rank
    self.incarnation = incarnation
    self.port = port
    self.key = key
    self.isWithAll = isWithAll
  }
}
