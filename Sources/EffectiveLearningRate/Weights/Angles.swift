/// The length of the path of the weights' direction since the start of the run.
package enum CumulativeAngle: GroupMetric {
  package static let definition = MetricDefinition(
    name: "cumulativeAngle",
    definition:
      "Σ of the angles between w_t and w_{t+1} over all steps since the run's start, quantiles over the groups",
    unit: "rad", source: "Wan et al. 2020, arXiv:2006.08419", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    Statistic.quantiles(of: windows.filter { $0.steps > 0 }.map(\.cumulativeAngle))
  }
}

/// The net rotation: at most the cumulative angle, and at most π.
package enum AngleToInitial: GroupMetric {
  package static let definition = MetricDefinition(
    name: "angleToInitial",
    definition:
      "the angle between the weights at the window's end and the run's initial ones, quantiles over the groups whose "
      + "initial weights are not 0",
    unit: "rad", source: "Carbonnelle and De Vleeschouwer 2018, arXiv:1806.01603", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    Statistic.quantiles(of: windows.map(\.angleToInitial).filter { $0 >= 0 })
  }
}
