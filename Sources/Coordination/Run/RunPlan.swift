package import Parameters

/// What the coordinator has to know of a run to lead it: counts, steps and deadlines.
package struct RunPlan: Hashable, Sendable {
  package let specHash: String
  package let serverCount: Int
  package let workerCount: Int
  /// Updates in the run; the weights go from version 0 to this version.
  package let steps: Int
  /// Microbatches in a step.
  package let microbatches: Int
  /// Chunks that the test images are cut into.
  package let evaluationChunks: Int
  /// Steps from one report of a server to the next; there is one after the last step too.
  package let reportEvery: Int
  /// The versions at which the test images are evaluated, rising; the last is `steps`.
  package let evaluationVersions: [Int]
  /// Seconds that servers and workers have to join and to be ready.
  package let joinDeadline: Double
  /// Seconds of silence after which a member counts as gone.
  package let silenceDeadline: Double

  package init(
    specHash: String, serverCount: Int, workerCount: Int, steps: Int, microbatches: Int, evaluationChunks: Int,
    evaluationVersions: [Int],
    reportEvery: Int, joinDeadline: Double, silenceDeadline: Double
  ) {
    precondition(evaluationVersions.last == steps, "the last weights are evaluated")
    self.specHash = specHash
    self.serverCount = serverCount
    self.workerCount = workerCount
    self.steps = steps
    self.microbatches = microbatches
    self.evaluationChunks = evaluationChunks
    self.reportEvery = reportEvery
    self.evaluationVersions = evaluationVersions
    self.joinDeadline = joinDeadline
    self.silenceDeadline = silenceDeadline
  }

  /// The nodes of `tree` that worker `rank` computes: an even share of neighbouring leaves.
  package func nodes(of rank: Int, in tree: ReductionTree) -> [ReductionTree.Node] {
    let leaves = (tree.leafCount * rank / workerCount)..<(tree.leafCount * (rank + 1) / workerCount)
    return tree.maximalNodes(covering: Set(leaves))
  }

  /// The version of the last report that a server at `version` has sent.
  package func lastReport(at version: Int) -> Int {
    version == steps ? steps : version - version % max(reportEvery, 1)
  }

  package func count(of role: Member.Role) -> Int { role == .server ? serverCount : workerCount }
}
