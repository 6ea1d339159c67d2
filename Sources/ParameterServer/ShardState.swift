package import Parameters

/// All that a server's shard consists of between two steps: whoever has it goes on with the same bits.
package struct ShardState<Scalar: KernelScalar>: Sendable {
  package var version: Int
  /// In shard order.
  package var weights: Buffer<Scalar>
  /// The k-th holds the k-th state tensor of every parameter at the tensor's place in the shard, 0 where its rule has none. As many
  /// as the network's rules have at most, so that all servers have equally many.
  package var optimizerState: [Buffer<Scalar>]
  /// Of each logged tensor in shard order, `GroupWindows.stateDoublesPerGroup` numbers a scale-invariance group.
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
