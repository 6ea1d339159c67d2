package import Parameters

extension ParameterServer {
  /// An input of the server's state machine.
  package enum Event {
    /// The coordinator's orders in `generation`.
    case orders(generation: UInt64, ServerOrders)
    /// The requested state, with which the generation begins; it may be in the shard's `room`.
    case state(generation: UInt64, ShardState<Scalar>)
    /// `badge` is what the peer's connection shows; `nil` if it shows none. `base` is the version that the peer holds, if any. In an
    /// asynchronous run, any version from `version` on is wanted.
    case pull(Peer, badge: UInt64?, generation: UInt64, segment: Int = 0, version: Int, base: Int? = nil)
    case push(Peer, badge: UInt64?, generation: UInt64, Push)
  }

  /// The sum over the microbatches below `node`, of the gradient at version `step`, restricted to a segment of this shard.
  ///
  /// In an asynchronous run `node` is one microbatch, counted over the whole run.
  package struct Push {
    package let step: Int
    package let segment: Int
    package let node: ReductionTree.Node
    package let tally: Tally
    /// Packed, if the wire's format is lossy.
    package let gradient: Buffer<Scalar>
    /// See `Contribution`; of the segment's logged filters.
    package let squares: [Double]
    package let errors: [Double]

    package init(
      step: Int, segment: Int = 0, node: ReductionTree.Node, tally: Tally, gradient: Buffer<Scalar>,
      squares: [Double] = [], errors: [Double] = []
    ) {
      self.step = step
      self.segment = segment
      self.node = node
      self.tally = tally
      self.gradient = gradient
      self.squares = squares
      self.errors = errors
    }
  }

  /// An action that the server requests from its caller.
  package enum Effect {
    /// Send the segment as it is at `version`, in an asynchronous run the newest one: in full, or packed as the wire's format says.
    case weights(Peer, segment: Int, version: Int, Buffer<Scalar>, isPacked: Bool)
    case answer(Peer, ServerAnswer)
    /// Ask the coordinator for the state of `version`, which `generation` begins with.
    case fetch(generation: UInt64, version: Int)
    /// Send the report to the coordinator.
    case report(WindowReport)
    /// Send the shard's state, which stays as it is until the orders let the server go on, to the coordinator.
    case handOver
  }
}
