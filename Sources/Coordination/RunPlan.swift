import Parameters

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
  package let evaluations: StepSchedule
  /// When the state is kept, beside step 0 and the last one.
  package let checkpoints: StepSchedule
  /// η before the schedule, for the message of a run that diverged.
  package let learningRate: Double
  /// Seconds that servers and workers have to join and to be ready.
  package let joinDeadline: Double
  /// Seconds of silence after which a member counts as gone, at most.
  package let silenceDeadline: Double
  /// Seconds after which a microbatch that is not finished counts as hung, at least.
  package let computeDeadline: Double
  /// Seconds without progress of any member after which the run counts as stuck.
  package let progressDeadline: Double

  package init(
    specHash: String, serverCount: Int, workerCount: Int, steps: Int, microbatches: Int, evaluationChunks: Int,
    evaluations: StepSchedule, checkpoints: StepSchedule, reportEvery: Int, learningRate: Double,
    joinDeadline: Double, silenceDeadline: Double, computeDeadline: Double, progressDeadline: Double
  ) {
    self.specHash = specHash
    self.serverCount = serverCount
    self.workerCount = workerCount
    self.steps = steps
    self.microbatches = microbatches
    self.evaluationChunks = evaluationChunks
    self.reportEvery = reportEvery
    self.evaluations = evaluations
    self.checkpoints = checkpoints
    self.learningRate = learningRate
    self.joinDeadline = joinDeadline
    self.silenceDeadline = silenceDeadline
    self.computeDeadline = computeDeadline
    self.progressDeadline = progressDeadline
  }

  /// The ranks of the servers.
  var servers: Range<Int> { 0..<serverCount }
  /// Over the microbatches of a step.
  var microbatchTree: ReductionTree { ReductionTree(leafCount: microbatches) }
  /// Over the chunks of the test images.
  var chunkTree: ReductionTree { ReductionTree(leafCount: evaluationChunks) }

  /// The version of the last report that a server at `version` has sent.
  package func lastReport(at version: Int) -> Int {
    version == steps ? steps : version - version % max(reportEvery, 1)
  }

  /// The version of the report that follows the one of `version`; beyond every version after the last.
  package func nextReport(after version: Int) -> Int {
    guard version < steps else { return .max }
    return min((version / max(reportEvery, 1) + 1) * max(reportEvery, 1), steps)
  }
}
