import Failures
import Records
import Training

/// A run that began and did not end well: what `tare train --json` prints, and how the run can go on.
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
    // What is refused would be so again.
    let isRefused = [ExitCode.usage, ExitCode.badData].contains(exitCode)
    resume = isRefused ? nil : Self.command(resuming: folder, status).map(NextSteps.command)
  }

  /// Without the program; `nil` for a run that is done, would diverge again, or has no checkpoint.
  static func command(resuming folder: String, _ status: RunStatus) -> [String]? {
    guard status != .done, status != .diverged, let steps = try? CheckpointStore(runFolder: folder).steps,
      !steps.isEmpty
    else { return nil }
    return NextSteps.resuming(folder)
  }

  /// What to do about it, for people.
  var next: NextSteps {
    var next = NextSteps()
    if resume != nil, let step { next.add(NextSteps.resuming(run), "train on from step \(step)") }
    if status == .diverged || resume != nil { next.add(NextSteps.report(on: run), "a page with its curves so far") }
    return next
  }

  private enum CodingKeys: CodingKey { case status, cause, exitCode, run, step, resume }
}
