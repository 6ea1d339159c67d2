package import Parameters

/// Coordinator → role: start, or start again, at `version` in the envelope's generation.
package struct Begin: Hashable, Sendable {
  /// Number of steps applied to the weights to start from.
  package var version: Int
  /// Where the servers listen, in rank order.
  package var endpoints: [String]
  /// Workers: the nodes of the reduction tree to compute in each step. Servers: none.
  package var nodes: [ReductionTree.Node]
  /// No server makes a version above this one.
  package var horizon: Int

  package init(version: Int, endpoints: [String], nodes: [ReductionTree.Node], horizon: Int) {
    self.version = version
    self.endpoints = endpoints
    self.nodes = nodes
    self.horizon = horizon
  }
}

/// Coordinator → server: the horizon is now here.
package struct Horizon: Hashable, Sendable {
  package var version: Int

  package init(version: Int) { self.version = version }
}

/// Both ways between role and coordinator: alive.
package struct Heartbeat: Hashable, Sendable {
  /// Rises as a role gets on with its work: versions made by a server, microbatches and chunks finished by a worker.
  package var progress: Int

  package init(progress: Int) { self.progress = progress }
}

/// Server → coordinator: the logging window that ends here.
package struct StepReport: Hashable, Sendable {
  /// The version just made: the number of updates applied.
  package var step: Int
  /// Sum of the losses of all samples of the window; divided by nothing.
  package var lossSum: Double
  /// Samples classified correctly, of `samples`.
  package var correct: Int
  package var samples: Int
  /// Updates in the window.
  package var steps: Int
  /// The first parameter, in network order, whose gradient was not finite.
  package var nonFinite: String?
  /// Metric partials in the payload: float64, a fixed number for each scale-invariance group of the shard's logged tensors
  /// and for each element of all others, tensor after tensor in network order.
  package var partials: TensorHeader?

  package init(
    step: Int, lossSum: Double, correct: Int, samples: Int, steps: Int, nonFinite: String? = nil,
    partials: TensorHeader? = nil
  ) {
    self.step = step
    self.lossSum = lossSum
    self.correct = correct
    self.samples = samples
    self.steps = steps
    self.nonFinite = nonFinite
    self.partials = partials
  }
}
