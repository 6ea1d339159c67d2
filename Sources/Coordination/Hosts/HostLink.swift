/// What was measured of the way from the pool to a host.
package struct HostLink: Hashable, Sendable {
  /// In seconds; the shortest of some.
  package let roundTrip: Double
  /// Toward the host, in bytes per second, with encryption.
  package let bandwidth: Double
  /// By how many seconds the host's clock is ahead.
  package let clockSkew: Double

  /// Length of the probe that times the bandwidth.
  package static let probeBytes = 1 << 20

  package init(roundTrip: Double, bandwidth: Double, clockSkew: Double) {
    (self.roundTrip, self.bandwidth, self.clockSkew) = (roundTrip, bandwidth, clockSkew)
  }
}
