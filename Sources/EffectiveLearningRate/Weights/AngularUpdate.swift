/// The angle by which a step rotates the weights; comparable between all rules.
package enum AngularUpdate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "angularUpdate",
    definition: "the angle between w_t and w_{t+1}, by atan2, root mean square over groups and steps of the window",
    unit: "rad", source: "Wan et al. 2020, arXiv:2006.08419", headline: .rms)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let all = rootMean(windows.reduce(0) { $0 + $1.squaredAngles }, over: windows.reduce(0) { $0 + $1.turns })
    let groups = windows.compactMap { rootMean($0.squaredAngles, over: $0.turns) }
    return [MetricValue(.rms, all)] + Statistic.quantiles(of: groups)
  }
}
