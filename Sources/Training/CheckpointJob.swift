import Failures
import Parameters
import Records
import RunDefinition
import Specification

/// What makes the bytes of a state a checkpoint.
struct CheckpointJob: Sendable {
  let manifest: CheckpointManifest
  let state: CollectedState
  /// The rates of all steps so far, if the run records them.
  let rates: RateRecord?
  /// Files whose length the manifest records: metrics.csv, and the event file, if there is one, with its folder.
  let countedPaths: [String]
  /// The version of the lowest test error so far.
  let best: Int?
  /// A file that keeps the weights whatever becomes of the checkpoint: of the first and the last.
  let keptWeights: String?

  func commit(_ draft: CheckpointDraft?, in store: CheckpointStore, keeping retention: Retention) throws {
    guard let draft else { throw RunError(ExitCode.software, "the state of step \(manifest.step) has not come") }
    // The manifest must not refer to bytes that are not durable.
    try state.commit(draft, manifest, rates: rates, keepingWeightsAt: keptWeights, relyingOn: countedPaths)
    try store.prune(keeping: retention, best: best)
  }
}

extension RunDefinition {
  var retention: Retention {
    Retention(
      last: spec.execution.keepCheckpoints, every: spec.execution.keepEvery > 0 ? spec.execution.keepEvery : nil)
  }
}
