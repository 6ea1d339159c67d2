import Failures

/// What `tare claims --json` prints if it ends before its verdicts.
struct UnfinishedClaims: Encodable {
  let status: String
  /// Why.
  let cause: String
  let exitCode: Int32
  /// With the runs that are done.
  let folder: String
  /// The command that continues.
  let resume: String

  init(folder: String, after error: any Error) {
    let failure = RunError(error)
    status = failure.exitCode > 128 ? "interrupted" : "failed"
    cause = failure.description
    exitCode = failure.exitCode
    self.folder = folder
    resume = NextSteps.command(Array(CommandLine.arguments.dropFirst()))
  }
}
