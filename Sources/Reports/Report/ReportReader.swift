import Synchronization

/// Reads runs for a report. One that is kept for the next report of the same runs reads only what has changed meanwhile.
package final class ReportReader: Sendable {
  private let runs = Mutex<[String: (stamp: FileStamp, run: ReportRun)]>([:])
  private let curves = Mutex<[String: (stamp: FileStamp, points: Int, text: String)]>([:])

  package init() {}

  /// - Returns: `nil` for a folder that holds no run which this version can read.
  func run(inFolder path: String) -> ReportRun? {
    // Taken before the file is read: what changes meanwhile is seen the next time.
    let stamp = FileStamp(ofFileAt: path + "/run.json")
    if let kept = runs.withLock({ $0[path] }), kept.stamp == stamp { return kept.run }
    // The record of a run that was cut off does not change, so only an end is kept.
    let run = ReportRun(inFolder: path)
    if let run, let stamp, run.hasEnded { runs.withLock { $0[path] = (stamp, run) } }
    return run
  }

  /// - Parameter make: the text of the run's curves, from `metrics.csv` as it is now.
  func curves(inFolder path: String, points: Int, make: (RunCurves) -> String) -> String {
    let metrics = path + "/metrics.csv"
    let stamp = FileStamp(ofFileAt: metrics)
    if let kept = curves.withLock({ $0[path] }), kept.stamp == stamp, kept.points == points { return kept.text }
    let text = make(RunCurves(metricsAt: metrics, points: points))
    if let stamp { curves.withLock { $0[path] = (stamp, points, text) } }
    return text
  }
}
