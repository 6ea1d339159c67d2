/// ‖w‖ before the window's last step: the whole tensor's, and its spread over the groups.
package enum WeightNorm: GroupMetric {
  package static let definition = MetricDefinition(
    name: "weightNorm",
    definition: "‖w‖₂ of the weights before the window's last step; layer: of the whole tensor",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    spread(windows.map(\.weightNorm))
  }
}

/// ‖g‖ in the window's last step: the gradient of the loss, without penalties.
package enum GradientNorm: GroupMetric {
  package static let definition = MetricDefinition(
    name: "gradientNorm",
    definition: "‖g‖₂ of the averaged gradient of the loss, without penalties, in the window's last step",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    spread(windows.map(\.gradientNorm))
  }
}

/// ‖w‖·‖g‖ in the window's last step: the gradient's length if ‖w‖ were 1.
///
/// The layer's number is √Σ(‖w_f‖‖g_f‖)² over its groups.
package enum UnitGradientNorm: GroupMetric {
  package static let definition = MetricDefinition(
    name: "unitGradientNorm",
    definition: "‖w‖‖g‖, which the scale of scale-invariant weights does not change, in the window's last step; "
      + "layer: √Σ(‖w_f‖‖g_f‖)² over the groups",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    spread(windows.map { $0.weightNorm * $0.gradientNorm })
  }
}

private func spread(_ values: [Double]) -> [MetricValue] {
  [MetricValue(.layer, length(values))] + Statistic.quantiles(of: values)
}
