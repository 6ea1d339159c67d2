/// How far the window is from equilibrium, where the growth of ‖w‖² by steps and its reduction by decay cancel.
package enum NormDrift: GroupMetric {
  package static let definition = MetricDefinition(
    name: "normDrift",
    definition: "Σ(2⟨w, d⟩ + ‖d‖²)/Σ‖d‖² over groups and steps of the window, d before projection; 1 without decay for "
      + "plain SGD, and within ±0.05 the layer counts as in equilibrium",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let updates = windows.reduce(0) { $0 + $1.squaredUpdates }
    return [MetricValue(.layer, updates > 0 ? windows.reduce(0) { $0 + $1.growth } / updates : nil)]
  }
}
