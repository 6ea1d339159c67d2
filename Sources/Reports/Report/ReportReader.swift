import Records
import Synchronization

/// Reads runs for reports. A reader that is reused for the same runs reads only what has changed.
package final class ReportReader: Sendable {
  private struct Curves {
    let stamp: FileStamp?
    let points: Int
    let curves: RunCurves
    var text: String?
  }

  private let runs = Mutex<[String: (stamp: FileStamp, run: ReportRun)]>([:])
  private let curves = Mutex<[String: Curves]>([:])

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

  /// The run's curves from the present `metrics.csv`, which is read once for all that draw them.
  func curves(inFolder path: String, points: Int) -> RunCurves { entry(path, points).curves }

  /// - Parameter make: the text of the run's curves.
  func text(inFolder path: String, points: Int, make: (RunCurves) -> String) -> String {
    let entry = entry(path, points)
    if let text = entry.text { return text }
    let text = make(entry.curves)
    curves.withLock { if $0[path]?.stamp == entry.stamp, $0[path]?.points == points { $0[path]?.text = text } }
    return text
  }

  private func entry(_ path: String, _ points: Int) -> Curves {
    let metrics = path + "/metrics.csv"
    guard let stamp = FileStamp(ofFileAt: metrics) else {
      curves.withLock { $0[path] = nil }
      return Curves(stamp: nil, points: points, curves: RunCurves(metricsAt: metrics, points: points))
    }
    if let kept = curves.withLock({ $0[path] }), kept.stamp == stamp, kept.points == points { return kept }
    let entry = Curves(stamp: stamp, points: points, curves: RunCurves(metricsAt: metrics, points: points))
    curves.withLock { $0[path] = entry }
    return entry
  }
}
