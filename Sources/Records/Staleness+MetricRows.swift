import EffectiveLearningRate
package import Parameters

extension Staleness {
  /// Over all windows of a run; `nil` if it is not recorded.
  package init?(recordedIn rows: some Sequence<MetricRow>) {
    var (counts, late, rejected): ([Int: Int], Int, Int) = ([:], 0, 0)
    for row in rows where row.layer.isEmpty {
      let value = Int(row.value ?? 0)
      switch row.metric {
      case StalenessCount.name:
        guard let versions = Int(row.statistic.rawValue), (0...Self.longest).contains(versions) else { continue }
        counts[versions, default: 0] += value
      case LateGradients.name: late += value
      case RejectedGradients.name: rejected += value
      default: continue
      }
    }
    guard let longest = counts.keys.max() else { return nil }
    self.init(counts: (0...longest).map { counts[$0, default: 0] }, late: late, rejected: rejected)
  }
}
