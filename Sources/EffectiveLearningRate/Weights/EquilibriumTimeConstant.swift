import Optimization

/// The number of steps to approach equilibrium: a much shorter run does not reach it.
package enum EquilibriumTimeConstant: GroupMetric {
  package static let definition = MetricDefinition(
    name: "equilibriumTimeConstant",
    definition: "steps in which a small departure of ‖w‖ from its equilibrium shrinks to 1/e, the slowest group's: "
      + "1/(4ηλ_d) for SGD; holds where the rule's memory is short beside it; undefined where predictedNorm is",
    unit: "step", source: "Wan et al. 2020, arXiv:2006.08419", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    [MetricValue(.layer, windows.compactMap { context.equilibrium(of: $0)?.timeConstant }.max())]
  }
}
