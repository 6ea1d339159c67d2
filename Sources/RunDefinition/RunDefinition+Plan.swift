package import Coordination
import Parameters
import Specification

extension RunDefinition {
  /// What the coordinator's state machine has to know.
  package var plan: RunPlan {
    RunPlan(
      specHash: specHash, serverCount: spec.execution.servers, workerCount: spec.execution.workers, steps: steps,
      microbatches: spec.microbatchCount, evaluationChunks: chunks.leafCount, evaluations: evaluations,
      checkpoints: checkpoints, reportEvery: spec.execution.metricsEvery, learningRate: spec.learningRate,
      joinDeadline: spec.execution.joinDeadline, silenceDeadline: Timing.longestLease, computeDeadline: 15,
      progressDeadline: 120, asynchrony: spec.asynchrony)
  }
}
