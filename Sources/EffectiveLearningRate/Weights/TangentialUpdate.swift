/// The component of a step orthogonal to w, which rotates the weights. Decay does not contribute to it.
package enum TangentialUpdate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "tangentialUpdate",
    definition:
      "‖d − u⟨u, d⟩‖ with u = w/‖w‖, root mean square over the steps of the window, quantiles over the groups; "
      + "rms: over groups and steps",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419", headline: .rms)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let all = rootMean(
      windows.reduce(0) { $0 + $1.squaredTangentialUpdates }, over: windows.reduce(0) { $0 + $1.turns })
    let groups = windows.compactMap { rootMean($0.squaredTangentialUpdates, over: $0.turns) }
    return [MetricValue(.rms, all)] + Statistic.quantiles(of: groups)
  }
}
