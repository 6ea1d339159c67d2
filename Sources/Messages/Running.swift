package import Parameters

/// Role ↔ coordinator: the sender is alive.
package struct Heartbeat: Hashable, Sendable {
  /// Increases as a role makes progress: versions computed by a server, microbatches and chunks finished by a worker.
  package var progress: Int
  /// The number of the orders that the role follows, in the envelope's generation.
  package var orders: Int
  /// Microbatches and chunks that a worker is computing.
  package var pending: Int
  /// Pushes that a server has refused because their senders are not among the workers of its orders.
  package var refused: Int
  /// The sender's steady clock, in seconds since any moment.
  package var clock: Double
  /// Over all connections of the sender's life, of messages that went through a socket.
  package var receivedBytes: Int
  package var sentBytes: Int

  package init(
    progress: Int = 0, orders: Int = 0, pending: Int = 0, refused: Int = 0, clock: Double = 0, receivedBytes: Int = 0,
    sentBytes: Int = 0
  ) {
    (self.progress, self.orders, self.pending, self.refused) = (progress, orders, pending, refused)
    (self.clock, self.receivedBytes, self.sentBytes) = (clock, receivedBytes, sentBytes)
  }
}

/// Server → coordinator: the report of a completed logging window.
package struct StepReport: Hashable, Sendable {
  /// The version just computed: the number of updates applied.
  package var step: Int
  /// Over the samples of the window.
  package var tally: Tally
  /// Updates in the window.
  package var steps: Int
  /// The first parameter, in network order, whose gradient was not finite.
  package var nonFinite: String?
  /// With `nonFinite`: the ranks of the workers whose gradients were not finite; empty if those of all were not.
  package var senders: [Int]
  /// Metric partials in the payload: float64, a fixed number for each scale-invariance group of the shard's logged
  /// tensors and for each element of all others, tensor after tensor in network order.
  package var partials: TensorHeader?

  package init(
    step: Int, tally: Tally, steps: Int, nonFinite: String? = nil, senders: [Int] = [], partials: TensorHeader? = nil
  ) {
    self.step = step
    self.tally = tally
    self.steps = steps
    self.nonFinite = nonFinite
    self.senders = senders
    self.partials = partials
  }
}

/// Worker → coordinator: the sums over one node of the tree over the test chunks.
package struct Evaluated: Hashable, Sendable {
  package var version: Int
  package var node: ReductionTree.Node
  package var tally: Tally

  package init(version: Int, node: ReductionTree.Node, tally: Tally) {
    self.version = version
    self.node = node
    self.tally = tally
  }
}
