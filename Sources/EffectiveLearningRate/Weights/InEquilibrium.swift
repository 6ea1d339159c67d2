/// Whether the layer's norm is stationary, i.e. the growth of ‖w‖² by steps and its reduction by decay cancel.
package enum InEquilibrium: GroupMetric {
  package static let definition = MetricDefinition(
    name: "inEquilibrium",
    definition:
      "1 if |normDrift| = |Σ(2⟨w, d⟩ + ‖d‖²)|/Σ‖d‖² over groups and steps of the window is below 0.05, else 0",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let drift = Metrics.headline(NormDrift.self, of: windows, in: context)
    return [MetricValue(.layer, drift.map { abs($0) < 0.05 ? 1 : 0 })]
  }
}
