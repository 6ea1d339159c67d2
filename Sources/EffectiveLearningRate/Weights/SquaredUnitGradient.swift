/// G², the only property of the gradients that the predicted norm depends on.
package enum SquaredUnitGradient: GroupMetric {
  package static let definition = MetricDefinition(
    name: "squaredUnitGradient",
    definition: "G² = mean of ‖w‖²‖g‖² over the steps of the window, quantiles over the groups",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    Statistic.quantiles(of: windows.compactMap(\.meanSquaredUnitGradient))
  }
}
