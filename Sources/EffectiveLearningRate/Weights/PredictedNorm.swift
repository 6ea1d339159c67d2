import Optimization

/// ‖w‖ in equilibrium, from the gradients measured in the window, for comparison with `weightNorm`.
package enum PredictedNorm: GroupMetric {
  package static let definition = MetricDefinition(
    name: "predictedNorm",
    definition: "‖w‖ once decay and gradient noise balance, from the present η and the window's mean ‖w‖²‖g‖²; layer: "
      + "of the whole tensor, if every group has one; undefined where predictedAngularUpdate is",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419; Kosson et al. 2023, arXiv:2305.17212", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let norms = windows.compactMap { context.equilibrium(of: $0)?.norm }
    let whole = !norms.isEmpty && norms.count == windows.count ? length(norms) : nil
    return [MetricValue(.layer, whole)] + Statistic.quantiles(of: norms)
  }
}
