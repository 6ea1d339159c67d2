/// ‖d‖: the norm of a step.
package enum UpdateNorm: GroupMetric {
  package static let definition = MetricDefinition(
    name: "updateNorm",
    definition: "‖d‖ = ‖w_{t+1} − w_t‖ before projection, root mean square over the steps of the window; layer: of the "
      + "whole tensor",
    unit: "1", source: "Kosson et al. 2023, arXiv:2305.17212", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let norms = windows.compactMap { rootMean($0.squaredUpdates, over: $0.steps) }
    return [MetricValue(.layer, norms.isEmpty ? nil : length(norms))] + Statistic.quantiles(of: norms)
  }
}
