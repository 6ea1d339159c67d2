import Parameters

/// Whether the norm of the weights follows plain SGD's radius law, step by step.
package enum RadiusLawResidual: GroupMetric {
  package static let definition = MetricDefinition(
    name: "radiusLawResidual",
    definition: "the largest |‖w_{t+1}‖²/(‖w_t‖² a²(1 + Φ²ḡ²)) − 1| over groups and steps, with a = 1 − ηλ_d, Φ = "
      + "η/(a‖w_t‖²), ḡ = ‖w_t‖‖g_t‖; for SGD without momentum and projection",
    unit: "1", source: "arXiv:2609.09116", headline: .max)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    residual(windows, \.radiusLawResidual, isDefined: context.conditions.retained != nil, context)
  }
}

/// Whether the effective step follows its own recursion, which contains ‖w‖ only for the first step.
package enum StepRecursionResidual: GroupMetric {
  package static let definition = MetricDefinition(
    name: "stepRecursionResidual",
    definition:
      "the largest |Φ_t/Φ̂_t − 1| over groups and steps, where Φ̂ begins as Φ at the run's start and goes on as "
      + "Φ̂_{t+1} = B_tΦ̂_t/(1 + Φ̂_t²ḡ_t²), B_t = η_{t+1}/(η_t a_t a_{t+1}); for SGD without momentum and projection",
    unit: "1", source: "arXiv:2609.09116", headline: .max)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    residual(windows, \.stepRecursionResidual, isDefined: context.conditions.retained != nil, context)
  }
}

/// Whether the growth of the weights under momentum is determined by the updates alone.
package enum MomentumLawResidual: GroupMetric {
  package static let definition = MetricDefinition(
    name: "momentumLawResidual",
    definition:
      "the largest |‖w_{t+1}‖²/(‖w_t‖² + ‖d_t‖² + 2Σ_{k<t} μ^{t−k}(η_t/η_k)‖d_k‖²) − 1| over groups and steps; "
      + "for momentum and SGD (μ = 0) without decay and projection",
    unit: "1", source: "Arora, Li and Lyu 2018, arXiv:1812.03981, Lemma 2.4, with momentum", headline: .max)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    residual(windows, \.momentumLawResidual, isDefined: context.conditions.momentum != nil, context)
  }
}

private func residual(
  _ windows: [FilterWindow], _ field: KeyPath<FilterWindow, Double>, isDefined: Bool, _ context: LayerContext
) -> [MetricValue] {
  let tested = isDefined && context.invariance != .none ? windows.filter { $0.transitions > 0 } : []
  return [MetricValue(.max, tested.map { $0[keyPath: field] }.max())]
}
