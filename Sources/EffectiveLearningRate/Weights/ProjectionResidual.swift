import Optimization
import Parameters

/// Whether projected weights lie on their sphere.
package enum ProjectionResidual: GroupMetric {
  package static let definition = MetricDefinition(
    name: "projectionResidual",
    definition:
      "the largest |‖w‖/radius − 1| before the window's last step, over the groups or of the whole tensor, as the "
      + "projection is; undefined without one",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350, section 5.5", headline: .max)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let norms = windows.map(\.weightNorm).filter { $0 > 0 }
    let residual: Double? =
      switch context.update.projection {
      case .none: nil
      case .filter(let radius): context.invariance != .filter ? nil : norms.map { abs($0 / radius - 1) }.max()
      case .layer(let radius): norms.isEmpty ? nil : abs(length(norms) / radius - 1)
      }
    return [MetricValue(.max, residual)]
  }
}
