import Parameters

/// How far behind the gradients of an asynchronous run are; none of these in a synchronous one.
package enum GradientStaleness: NetworkMetric {
  package static let definition = MetricDefinition(
    name: "staleness",
    definition:
      "versions that the weights were ahead of those at which a gradient was computed, when it was applied; over the gradients "
      + "of the window, one for each microbatch, as the first server has applied them",
    unit: "version", source: "Ho et al. 2013, stale synchronous parallel", headline: .mean)

  package static func values(of window: NetworkWindow) -> [MetricValue] {
    let staleness = window.tally.staleness
    guard !staleness.isEmpty else { return [] }
    return [MetricValue(.mean, staleness.mean), MetricValue(.max, staleness.largest.map(Double.init))]
  }
}

package enum StalenessCount: NetworkMetric {
  package static let definition = MetricDefinition(
    name: "stalenessCount",
    definition:
      "how many gradients of the window were so many versions behind; the statistic is that number of versions",
    unit: "1", source: "Ho et al. 2013, stale synchronous parallel", headline: Statistic(rawValue: "0"))

  package static func values(of window: NetworkWindow) -> [MetricValue] {
    window.tally.staleness.counts.enumerated().map { versions, count in
      MetricValue(Statistic(rawValue: "\(versions)"), Double(count))
    }
  }
}

package enum RejectedGradients: NetworkMetric {
  package static let definition = MetricDefinition(
    name: "rejectedGradients",
    definition:
      "gradients of the window that were further behind than the run allows; their microbatches are computed again; over all servers",
    unit: "1", source: "Ho et al. 2013, stale synchronous parallel", headline: .count)

  package static func values(of window: NetworkWindow) -> [MetricValue] {
    window.tally.staleness.isEmpty ? [] : [MetricValue(.count, Double(window.tally.staleness.rejected))]
  }
}

package enum LateGradients: NetworkMetric {
  package static let definition = MetricDefinition(
    name: "lateGradients",
    definition:
      "gradients of the window whose microbatch had been applied before: sent again, or computed again; over all servers",
    unit: "1", source: "Chen et al. 2016, arXiv:1604.00981", headline: .count)

  package static func values(of window: NetworkWindow) -> [MetricValue] {
    window.tally.staleness.isEmpty ? [] : [MetricValue(.count, Double(window.tally.staleness.late))]
  }
}
