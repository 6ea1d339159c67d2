import Parameters

/// The measured effective learning rate, including momentum: the part of the step orthogonal to w, divided by the
/// gradient norm at ‖w‖ = 1.
package enum EmpiricalEffectiveRate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "empiricalEffectiveRate",
    definition: "‖d_t‖/(‖w‖·‖ḡ‖) with d_t the part of the update across w and ḡ = ‖w‖g, mean over the steps of the "
      + "window, quantiles over the groups; η/‖w‖² for plain SGD",
    unit: "η/‖w‖²", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    guard context.invariance != .none else { return Statistic.quantiles(of: []) }
    return Statistic.quantiles(of: windows.compactMap { average($0.empiricalRates, over: $0.cosines) })
  }
}
