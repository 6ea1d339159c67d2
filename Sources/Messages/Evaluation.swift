package import Parameters

/// Coordinator → worker: evaluate chunks with the weights of `version`.
package struct Evaluate: Hashable, Sendable {
  /// Which samples of the data set.
  package enum Part: String, Hashable, Sendable, CaseIterable { case training, test }

  package var version: Int
  /// Nodes of the tree over the chunks 0 ..< chunkCount.
  package var nodes: [ReductionTree.Node]
  package var chunkCount: Int
  package var part: Part

  package init(version: Int, nodes: [ReductionTree.Node], chunkCount: Int, part: Part) {
    self.version = version
    self.nodes = nodes
    self.chunkCount = chunkCount
    self.part = part
  }
}

/// Worker → coordinator: the sums over one node of the chunk tree.
package struct Evaluated: Hashable, Sendable {
  package var version: Int
  package var part: Evaluate.Part
  package var node: ReductionTree.Node
  package var lossSum: Double
  /// Samples classified correctly, of `samples`.
  package var correct: Int
  package var samples: Int

  package init(
    version: Int, part: Evaluate.Part, node: ReductionTree.Node, lossSum: Double, correct: Int, samples: Int
  ) {
    self.version = version
    self.part = part
    self.node = node
    self.lossSum = lossSum
    self.correct = correct
    self.samples = samples
  }
}
