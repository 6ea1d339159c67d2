/// ‖d‖/‖w‖: the norm of a step relative to the weights', including both rotation and growth.
package enum RelativeUpdate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "relativeUpdate",
    definition: "‖w_{t+1} − w_t‖/‖w_t‖ before projection, root mean square over groups and steps of the window",
    unit: "1", source: "Kosson et al. 2023, arXiv:2305.17212", headline: .rms)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let sum = windows.reduce(0) { $0 + $1.squaredRelativeUpdates }
    return [MetricValue(.rms, rootMean(sum, over: windows.reduce(0) { $0 + $1.turns }))]
  }
}
