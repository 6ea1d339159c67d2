package import Parameters

/// Worker → server: send your shard of `version`.
package struct Pull: Hashable, Sendable {
  package var version: Int

  package init(version: Int) { self.version = version }
}

/// Server → worker: the shard asked for, in the payload.
package struct Weights: Hashable, Sendable {
  package var version: Int
  package var tensor: TensorHeader

  package init(version: Int, tensor: TensorHeader) {
    self.version = version
    self.tensor = tensor
  }
}

/// Worker → server: the gradient of this server's shard, summed over the microbatches of `node`, in the payload.
package struct Push: Hashable, Sendable {
  /// The step, which is also the version of the weights that the gradient was taken at.
  package var step: Int
  package var node: ReductionTree.Node
  package var tally: Tally
  /// Σ_k ‖g_k‖² over the microbatches of `node`, one for each logged filter of the shard, g_k averaged over the samples
  /// of microbatch k; empty where it was not measured.
  package var squares: [Double]
  package var tensor: TensorHeader

  package init(
    step: Int, node: ReductionTree.Node, tally: Tally, squares: [Double] = [], tensor: TensorHeader
  ) {
    self.step = step
    self.node = node
    self.tally = tally
    self.squares = squares
    self.tensor = tensor
  }
}

/// Server → worker: why there are no weights, or why a push was not taken.
package struct Answer: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// This sum was accepted before.
    case duplicate
    /// The version asked for is not made yet; it will be sent.
    case waiting
    /// The version asked for is no longer held.
    case gone
    /// The sender belongs to another generation.
    case wrongGeneration
    /// Anything else; the sentence says what.
    case refused
  }

  package var kind: Kind
  /// The server's current version.
  package var version: Int
  /// The server's current generation.
  package var generation: UInt64
  package var sentence: String

  package init(kind: Kind, version: Int, generation: UInt64, sentence: String = "") {
    self.kind = kind
    self.version = version
    self.generation = generation
    self.sentence = sentence
  }
}
