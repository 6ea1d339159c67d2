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
    guard context.invariance != .none else { return Statistic.quantiles(of: []) }
    return Statistic.quantiles(
      of: windows.enumerated().filter { $1.weightNorm > 0 }.compactMap { group, window in
        context.conditions(of: group).retained.map {
          context.learningRate(of: group) / ($0 * (window.weightNorm * window.weightNorm))
        }
      })
  }
}
