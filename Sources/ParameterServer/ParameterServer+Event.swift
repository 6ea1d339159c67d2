package import Parameters

extension ParameterServer {
  /// What can happen to a server.
  package enum Event {
    /// The coordinator starts a new generation, to train from the shard's version on.
    case begin(generation: UInt64, horizon: Int)
    /// The coordinator allows updates up to `version`.
    case horizon(generation: UInt64, version: Int)
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
    case answer(Peer, Answer)
    /// Tell the coordinator.
    case report(WindowReport)
  }

  /// Why a request was not carried out.
  package enum Answer: Hashable, Sendable {
    case duplicate
    /// The version asked for is not made yet; it will be sent.
    case waiting
    /// The version asked for is no longer kept.
    case gone(current: Int)
    case wrongGeneration(UInt64)
    case refused(String)
  }
}
