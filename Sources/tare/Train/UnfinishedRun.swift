import Failures
import Records
import Training

/// What `tare train --json` prints for a run that began and did not end well.
struct UnfinishedRun: Encodable {
  let status: RunStatus
  /// Why.
  let cause: String
  let exitCode: Int32
  /// The run's folder.
  let run: String
  /// Of its newest checkpoint.
  let step: Int?
  /// The command that trains on from there; `nil` if the same would happen again.
  let resume: String?

  /// - Returns: `nil` for a run that never began, which left no folder.
  init?(_ run: TrainingRun, after error: any Error) {
    guard let folder = run.folder, let record = RunRecord(inFolder: folder) else { return nil }
    let failure = RunError(error)
    status = record.standing(inFolder: folder)
    cause = failure.description
    exitCode = failure.exitCode
    self.run = folder
    step = try? CheckpointStore(runFolder: folder).steps.max()
    resume = status == .diverged || step == nil ? nil : ShellText.command(["tare", "train", "--resume", folder])
  }
}
