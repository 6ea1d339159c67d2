import Records
import Synchronization

/// Reads runs for reports. A reader that is reused for the same runs reads only what has changed.
package final class ReportReader: Sendable {
  private let runs = Mutex<[String: (stamp: FileStamp, run: ReportRun)]>([:])
  private let curves = Mutex<[String: (stamp: FileStamp, points: Int, text: String)]>([:])

  package init() {}

  /// - Returns: `nil` for a folder without a run that this version can read.
  func run(inFolder path: String) -> ReportRun? {
    // Taken before reading, so that a change during reading is seen the next time.
    let stamp = FileStamp(ofFileAt: path + "/run.json")
    if let kept = runs.withLock({ $0[path] }), kept.stamp == stamp { return kept.run }
    // A killed run does not change its record, so only runs that have ended are cached.
    let run = ReportRun(inFolder: path)
    if let run, let stamp, run.status.hasEnded { runs.withLock { $0[path] = (stamp, run) } }
    return run
  }

  /// - Parameter make: the text of the run's curves, from the present `metrics.csv`.
  func curves(inFolder path: String, points: Int, make: (RunCurves) -> String) -> String {
    let metrics = path + "/metrics.csv"
    let stamp = FileStamp(ofFileAt: metrics)
    if let kept = curves.withLock({ $0[path] }), kept.stamp == stamp, kept.points == points { return kept.text }
    let text = make(RunCurves(metricsAt: metrics, points: points))
    if let stamp { curves.withLock { $0[path] = (stamp, points, text) } }
    return text
  }
}
