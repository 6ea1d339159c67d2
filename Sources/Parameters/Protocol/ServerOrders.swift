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

  package init(number: Int, version: Int, horizon: Int, collect: Int? = nil, reported: Int) {
    self.number = number
    self.version = version
    self.horizon = horizon
    self.collect = collect
    self.reported = reported
  }
}
