/// The full desired state of a worker. New orders replace older ones completely, so lost or repeated orders do no harm:
/// a worker that receives the same orders again repeats its replies.
package struct WorkerOrders: Hashable, Sendable {
  /// Increases with every change within a generation.
  package var number: Int
  /// The version to begin at: one that every server of the generation has or has had.
  package var version: Int
  /// By server rank.
  package var endpoints: [String]
  /// The microbatches that the worker computes in each step; none for a spare.
  package var nodes: [ReductionTree.Node]
  package var evaluation: Evaluation?

  /// Test chunks to count with the weights of one version.
  package struct Evaluation: Hashable, Sendable {
    package var version: Int
    /// Of the tree over all chunks.
    package var nodes: [ReductionTree.Node]

    package init(version: Int, nodes: [ReductionTree.Node]) {
      self.version = version
      self.nodes = nodes
    }
  }

  package init(
    number: Int, version: Int, endpoints: [String], nodes: [ReductionTree.Node], evaluation: Evaluation? = nil
  ) {
    self.number = number
    self.version = version
    self.endpoints = endpoints
    self.nodes = nodes
    self.evaluation = evaluation
  }
}
