/// All that a server should be doing now. New orders replace older ones whole, so that losing or repeating some does no
/// harm: whoever gets the same orders again answers again.
package struct ServerOrders: Hashable, Sendable {
  /// Rises with every change within a generation.
  package var number: Int
  /// The version that the generation begins at.
  package var version: Int
  /// No version above this one is made; 0 holds the server where it is.
  package var horizon: Int
  /// Send the state of the shard at this version, once it is reached.
  package var collect: Int?
  /// The coordinator has the reports of all logging windows that end up to this version.
  package var reported: Int

  package init(number: Int, version: Int, horizon: Int, collect: Int? = nil, reported: Int) {
    self.number = number
    self.version = version
    self.horizon = horizon
    self.collect = collect
    self.reported = reported
  }
}
