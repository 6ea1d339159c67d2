import Records
import Terminal

/// What `tare watch --json` prints of a run at its end. What is not known is left out.
struct WatchedRunState: Encodable, Sendable {
  let run: String
  let status: RunStatus
  let cause: String?
  let step: Int
  /// 0 if the run's length is not known yet.
  let steps: Int
  let trainLoss: Double?
  let testError: Double?
  let imagesPerSecond: Double?
  let secondsLeft: Double?

  init(_ run: WatchedRun) {
    let progress = run.view.progress
    (self.run, status, cause) = (run.path, run.status, run.record.cause)
    (step, steps) = (progress.step, progress.steps)
    (trainLoss, testError) = (progress.loss, progress.testError)
    (imagesPerSecond, secondsLeft) = (progress.imagesPerSecond, progress.remaining)
  }
}

/// The same of a sweep.
struct WatchedSweepState: Encodable, Sendable {
  let sweep: String
  let runs: Int
  let done: Int
  let diverged: Int
  let failed: Int
  let running: Int
  let bestTestError: Double?
  let bestRun: String?
  let secondsLeft: Double?

  init(_ sweep: WatchedSweep) {
    let view = sweep.view
    (self.sweep, runs) = (sweep.path, view.count)
    (done, diverged, failed, running) = (view.done, view.diverged, view.failed, view.running)
    (bestTestError, bestRun, secondsLeft) = (view.best?.error, view.best?.run, view.remaining)
  }
}
