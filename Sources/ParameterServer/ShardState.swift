package import Parameters

/// The complete state of a server's shard between two steps: a run that continues from it computes the same bits.
package struct ShardState<Scalar: KernelScalar>: Sendable {
  package var version: Int
  /// In shard order.
  package var weights: Buffer<Scalar>
  /// Element k holds the k-th state tensor of every parameter at the parameter's position in the shard, 0 where its
  /// rule has none. The count is the maximum over the network's rules, so it is the same on all servers. Before them stands
  /// what workers hold, if they are sent differences.
  package var optimizerState: [Buffer<Scalar>]
  /// For each logged tensor in shard order, `GroupWindows.stateDoublesPerGroup` numbers per scale-invariance group.
  package var windows: [Double]
  /// Over the samples of the open logging window.
  package var tally: Tally
  /// Updates in the open logging window.
  package var steps: Int

  package init(
    version: Int, weights: Buffer<Scalar>, optimizerState: [Buffer<Scalar>], windows: [Double], tally: Tally, steps: Int
  ) {
    self.version = version
    self.weights = weights
    self.optimizerState = optimizerState
    self.windows = windows
    self.tally = tally
    self.steps = steps
  }
}
