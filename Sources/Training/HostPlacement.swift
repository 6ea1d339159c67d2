package import Hosting

/// Where the members of a run are placed among hosts that runs share.
package struct HostPlacement: Sendable {
  package let hosts: Hosts
  /// Slots of one host: the run's servers and workers stay together, and their messages on that machine.
  package let reservation: Hosts.Reservation

  package init(hosts: Hosts, reservation: Hosts.Reservation) {
    (self.hosts, self.reservation) = (hosts, reservation)
  }
}
