/// The full desired state of a server. New orders replace older ones completely, so lost or repeated orders do no harm:
/// a server that receives the same orders again repeats its replies.
package struct ServerOrders: Hashable, Sendable {
  /// Increases with every change within a generation.
  package var number: Int
  /// The version that the generation begins at.
  package var version: Int
  /// No version above this one may be computed; 0 stops the server at its current version.
  package var horizon: Int
  /// Send the state of the shard at this version, once it is reached.
  package var collect: Int?
  /// Acknowledges the reports of all logging windows that end at or before this version.
  package var reported: Int
  /// The workers of the run, in order of rank: no other peer gets weights or has its pushes accepted.
  package var contributors: [Contributor]

  /// A worker in one life, and what its connections show for it.
  package struct Contributor: Hashable, Sendable {
    package let rank: Int
    /// Drawn at random by the worker; known to the coordinator and the servers only. 0 is nobody's.
    package let badge: UInt64

    package init(rank: Int, badge: UInt64) {
      self.rank = rank
      self.badge = badge
    }
  }

  package init(
    number: Int, version: Int, horizon: Int, collect: Int? = nil, reported: Int, contributors: [Contributor] = []
  ) {
    self.number = number
    self.version = version
    self.horizon = horizon
    self.collect = collect
    self.reported = reported
    self.contributors = contributors
  }
}
