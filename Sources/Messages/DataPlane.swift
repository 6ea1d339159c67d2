package import Parameters

/// Worker → server: requests a segment of `version`; in an asynchronous run, of any version from that one on.
package struct Pull: Hashable, Sendable {
  package var version: Int
  /// Where the segment begins in the flat vector.
  package var offset: Int
  /// The version that the worker holds in full, if it can take differences from it.
  package var base: Int?

  package init(version: Int, offset: Int = 0, base: Int? = nil) {
    self.version = version
    self.offset = offset
    self.base = base
  }
}

/// Server → worker: the requested segment, in the payload.
package struct Weights: Hashable, Sendable {
  package var version: Int
  package var tensor: TensorHeader

  package init(version: Int, tensor: TensorHeader) {
    self.version = version
    self.tensor = tensor
  }
}

/// Worker → server: the gradient of a segment, summed over the microbatches of `node`, in the payload. Also a pull of the
/// segment's next version.
package struct Push: Hashable, Sendable {
  /// The step, which is also the version of the weights at which the gradient was computed.
  package var step: Int
  /// In an asynchronous run, its only leaf is the microbatch, counted over the whole run.
  package var node: ReductionTree.Node
  package var tally: Tally
  /// Σ_k ‖g_k‖² over the microbatches of `node`, one for each logged filter of the segment, g_k averaged over the samples
  /// of microbatch k; empty if not measured.
  package var squares: [Double]
  /// Σ ‖R(x) − x‖² over the nodes from the leaves to `node`, x rounded to R(x) for the wire, for the same filters; empty if
  /// not measured.
  package var errors: [Double]
  package var tensor: TensorHeader

  package init(
    step: Int, node: ReductionTree.Node, tally: Tally, squares: [Double] = [], errors: [Double] = [],
    tensor: TensorHeader
  ) {
    self.step = step
    self.node = node
    self.tally = tally
    self.squares = squares
    self.errors = errors
    self.tensor = tensor
  }
}

/// Server → worker: why there are no weights, or why a push was not taken.
package struct Answer: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// This sum has already been accepted.
    case duplicate
    /// The requested version does not exist yet; it will be sent later.
    case waiting
    /// The requested version is no longer held.
    case gone
    /// The sender belongs to another generation.
    case wrongGeneration
    /// The sender is not among the workers of the orders in force.
    case notAMember
    /// Any other reason, given by the sentence.
    case refused
    // In an asynchronous run: what became of the microbatch.
    case applied, late, rejected
  }

  package var kind: Kind
  /// The server's current version.
  package var version: Int
  /// The server's current generation.
  package var generation: UInt64
  package var sentence: String
  /// With the last three kinds, of the push that is answered.
  package var microbatch: Int

  package init(kind: Kind, version: Int, generation: UInt64, sentence: String = "", microbatch: Int = 0) {
    self.kind = kind
    self.version = version
    self.generation = generation
    self.sentence = sentence
    self.microbatch = microbatch
  }
}
