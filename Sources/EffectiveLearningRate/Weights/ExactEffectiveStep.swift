import Parameters

/// Φ, the only number through which a plain SGD step affects the direction of the weights: u_{t+1} ∝ u_t − Φ_t ḡ_t.
package enum ExactEffectiveStep: GroupMetric {
  package static let definition = MetricDefinition(
    name: "exactEffectiveStep",
    definition:
      "Φ = η/(a‖w_f‖²) with a = 1 − ηλ_d, before the window's last step, quantiles over the groups f; for SGD "
      + "without momentum and projection",
    unit: "η/‖w‖²", source: "arXiv:2609.09116", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    guard context.invariance != .none, context.conditions.retained != nil else { return Statistic.quantiles(of: []) }
    return Statistic.quantiles(
      of: windows.indices.compactMap { group in
        let norm = windows[group].weightNorm
        guard norm > 0, let retained = context.conditions(of: group).retained else { return nil }
        return context.learningRate(of: group) / (retained * (norm * norm))
      })
  }
}
