package import Parameters

extension ParameterServer {
  /// An input of the server's state machine.
  package enum Event {
    /// The coordinator's orders in `generation`.
    case orders(generation: UInt64, ServerOrders)
    /// The requested state, with which the generation begins; it may be in the shard's `room`.
    case state(generation: UInt64, ShardState<Scalar>)
    /// `badge` is what the peer's connection shows; `nil` if it shows none.
    case pull(Peer, badge: UInt64?, generation: UInt64, segment: Int = 0, version: Int)
    case push(Peer, badge: UInt64?, generation: UInt64, Push)
  }

  /// The sum over the microbatches below `node`, of the gradient at version `step`, restricted to a segment of this shard.
  package struct Push {
    package let step: Int
    package let segment: Int
    package let node: ReductionTree.Node
    package let tally: Tally
    package let gradient: Buffer<Scalar>
    /// See `Contribution.squares`; of the segment's logged filters.
    package let squares: [Double]

    package init(
      step: Int, segment: Int = 0, node: ReductionTree.Node, tally: Tally, gradient: Buffer<Scalar>,
      squares: [Double] = []
    ) {
      self.step = step
      self.segment = segment
      self.node = node
      self.tally = tally
      self.gradient = gradient
      self.squares = squares
    }
  }

  /// An action that the server requests from its caller.
  package enum Effect {
    /// Send the segment as it is at `version`.
    case weights(Peer, segment: Int, version: Int, Buffer<Scalar>)
    case answer(Peer, ServerAnswer)
    /// Ask the coordinator for the state of `version`, which `generation` begins with.
    case fetch(generation: UInt64, version: Int)
    /// Send the report to the coordinator.
    case report(WindowReport)
    /// Send the shard's state, which stays as it is until the orders let the server go on, to the coordinator.
    case handOver
  }
}
