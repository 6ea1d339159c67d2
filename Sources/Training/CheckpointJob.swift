import Parameters
import Records
import RunDefinition
import Specification

/// Everything that a checkpoint is made of, on its way to the disk.
struct CheckpointJob: Sendable {
  let manifest: CheckpointManifest
  let state: RunState
  /// The rates of all steps so far, if the run records them.
  let rates: RateRecord?
  /// What the manifest counts bytes of: metrics.csv, and the event file if there is one.
  let countedPaths: [String]
  /// The version of the lowest test error so far.
  let best: Int?
  /// Where the run keeps the weights that it began with.
  let initialWeights: String

  func write(to store: CheckpointStore, keeping retention: Retention) throws {
    // They have to outlive what the manifest says.
    for path in countedPaths { try OutputFile.synchronize(path) }
    try state.write(manifest, rates: rates, to: store)
    if manifest.step == 0 { try state.keepWeights(at: initialWeights, in: store) }
    try store.prune(keeping: retention, best: best)
  }
}

extension RunDefinition {
  var retention: Retention {
    Retention(
      last: spec.execution.keepCheckpoints, every: spec.execution.keepEvery > 0 ? spec.execution.keepEvery : nil)
  }
}
