package import Parameters

extension ParameterServer {
  /// What can happen to a server.
  package enum Event {
    /// The coordinator says what to do in `generation`.
    case orders(generation: UInt64, ServerOrders)
    /// The state that the generation begins with, as it was asked for.
    case state(generation: UInt64, ShardState<Scalar>)
    case pull(Peer, generation: UInt64, version: Int)
    case push(Peer, generation: UInt64, Push)
  }

  /// The sum over the microbatches below `node`, of the gradient at version `step`, restricted to this shard.
  package struct Push {
    package let step: Int
    package let node: ReductionTree.Node
    package let tally: Tally
    package let gradient: Buffer<Scalar>
    /// See `Contribution.squares`; of the shard's logged filters.
    package let squares: [Double]

    package init(
      step: Int, node: ReductionTree.Node, tally: Tally, gradient: Buffer<Scalar>, squares: [Double] = []
    ) {
      self.step = step
      self.node = node
      self.tally = tally
      self.gradient = gradient
      self.squares = squares
    }
  }

  /// What a server asks its shell to do.
  package enum Effect {
    /// Send the shard as it is at `version`.
    case weights(Peer, version: Int, Buffer<Scalar>)
    case answer(Peer, ServerAnswer)
    /// Ask the coordinator for the state of `version`, which `generation` begins with.
    case fetch(generation: UInt64, version: Int)
    /// Tell the coordinator.
    case report(WindowReport)
    /// Send the coordinator the state that it collects.
    case handOver(ShardState<Scalar>)
  }
}
