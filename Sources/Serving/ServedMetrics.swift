import Coordination
import Records
import Synchronization

/// The metrics of runs in folders, read on from where the last request has ended.
final class ServedMetrics: Sendable {
  private struct Known {
    var tail: MetricsTail
    var metrics: RunMetrics
  }

  private let known = Mutex<[String: Known]>([:])

  /// - Parameter runs: their folders.
  func text(of runs: [String]) -> String {
    known.withLock { known in
      let metrics = runs.compactMap { folder -> RunMetrics? in
        guard let record = RunRecord(inFolder: folder) else { return nil }
        var run =
          known[folder] ?? Known(tail: MetricsTail(folder + "/metrics.csv"), metrics: RunMetrics(run: folder))
        let (rows, isRestarted) = run.tail.read()
        if isRestarted { run.metrics.removeRows() }
        run.metrics.add(rows)
        let result = record.runResult
        run.metrics.imagesPerSecond = result?.imagesPerSecond
        run.metrics.losses = result.map { $0.events.count { $0.kind == .lost } }
        known[folder] = run
        return run.metrics
      }
      return Exposition(of: metrics).text
    }
  }
}
