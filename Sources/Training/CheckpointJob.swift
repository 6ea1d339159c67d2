import Parameters
import Records
import RunDefinition
import Specification

/// The content of a checkpoint to be written.
struct CheckpointJob: Sendable {
  let manifest: CheckpointManifest
  let state: RunState
  /// The rates of all steps so far, if the run records them.
  let rates: RateRecord?
  /// Files whose length the manifest records: metrics.csv, and the event file, if there is one, with its folder.
  let countedPaths: [String]
  /// The version of the lowest test error so far.
  let best: Int?
  /// A file that keeps the weights whatever becomes of the checkpoint: of the first and the last.
  let keptWeights: String?

  func write(to store: CheckpointStore, keeping retention: Retention) throws {
    // The manifest must not refer to bytes that are not durable.
    try state.write(
      manifest, rates: rates, to: store, keepingWeightsAt: keptWeights, relyingOn: countedPaths)
    try store.prune(keeping: retention, best: best)
  }
}

extension RunDefinition {
  var retention: Retention {
    Retention(
      last: spec.execution.keepCheckpoints, every: spec.execution.keepEvery > 0 ? spec.execution.keepEvery : nil)
  }
}
