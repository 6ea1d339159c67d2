import Optimization

/// How many steps the way to equilibrium takes: a run much shorter does not get there.
package enum EquilibriumTimeConstant: GroupMetric {
  package static let definition = MetricDefinition(
    name: "equilibriumTimeConstant",
    definition: "steps in which ‖w‖⁴ comes nearer to its equilibrium by a factor e: 1/(4ηλ_d) for SGD; undefined for "
      + "rules without a known one, without decay, with projection, and for weights that are not scale-invariant",
    unit: "step", source: "Wan et al. 2020, arXiv:2006.08419", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let constants = windows.compactMap { context.timeConstant(of: $0) }
    return [MetricValue(.layer, constants.max())]
  }
}

extension LayerContext {
  fileprivate func timeConstant(of window: FilterWindow) -> Double? {
    guard update.rule is SGD, equilibrium(of: window) != nil else { return nil }
    return 1 / (4 * learningRate * (2 * update.l2 + update.weightDecay))
  }
}
