package import Parameters

/// What the coordinator knows of a run: counts, steps and deadlines.
package struct RunPlan: Hashable, Sendable {
  package let specHash: String
  package let serverCount: Int
  package let workerCount: Int
  /// Updates in the run; the weights go from version 0 to this version.
  package let steps: Int
  /// Microbatches in a step.
  package let microbatches: Int
  /// `nil` for a synchronous run.
  package let asynchrony: Asynchrony?
  /// Chunks of the test images.
  package let evaluationChunks: Int
  /// Steps from one report of a server to the next; there is one after the last step too.
  package let reportEvery: Int
  package let evaluations: StepSchedule
  /// When the state is stored, in addition to versions 0 and `steps`.
  package let checkpoints: StepSchedule
  /// η before the schedule, for the message of a diverged run.
  package let learningRate: Double
  /// Seconds for servers and workers to join and become ready.
  package let joinDeadline: Double
  /// The longest silence of a member, in seconds, before it is declared failed.
  package let silenceDeadline: Double
  /// The shortest time without a finished microbatch, in seconds, before a worker is declared hung.
  package let computeDeadline: Double
  /// Seconds without progress of any member before the run is ended.
  package let progressDeadline: Double
  /// Whether workers may round differently from each other: the weights then depend on who computes what.
  package var toleratesOtherArithmetic = false

  package init(
    specHash: String, serverCount: Int, workerCount: Int, steps: Int, microbatches: Int, evaluationChunks: Int,
    evaluations: StepSchedule, checkpoints: StepSchedule, reportEvery: Int, learningRate: Double,
    joinDeadline: Double, silenceDeadline: Double, computeDeadline: Double, progressDeadline: Double,
    asynchrony: Asynchrony? = nil
  ) {
    self.specHash = specHash
    self.serverCount = serverCount
    self.workerCount = workerCount
    self.steps = steps
    self.microbatches = microbatches
    self.asynchrony = asynchrony
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

  /// The longest silence of a member that reads its images and has no time for heartbeats. One that is lost then has half the
  /// join deadline left for another attempt.
  package var loadingDeadline: Double { max(silenceDeadline, joinDeadline / 2) }
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
