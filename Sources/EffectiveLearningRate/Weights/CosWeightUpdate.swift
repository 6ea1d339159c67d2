/// cos(w, d): negative where steps reduce the norm of the weights.
package enum CosWeightUpdate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "cosWeightUpdate",
    definition: "⟨w, d⟩/(‖w‖‖d‖), d before projection, mean over the steps of the window, quantiles over the groups",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    Statistic.quantiles(of: windows.compactMap { average($0.cosinesWithUpdate, over: $0.updateCosines) })
  }
}

/// cos(w, m): momentum retains directions from which the weights have since rotated away.
package enum CosWeightMomentum: GroupMetric {
  package static let definition = MetricDefinition(
    name: "cosWeightMomentum",
    definition:
      "⟨w, m⟩/(‖w‖‖m‖) with m the first tensor of the optimizer state after the step, mean over the steps of the "
      + "window, quantiles over the groups; undefined for optimizers without state",
    unit: "1", source: "Heo et al. 2020, arXiv:2006.08217", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    Statistic.quantiles(of: windows.compactMap { average($0.cosinesWithMomentum, over: $0.momentumCosines) })
  }
}
