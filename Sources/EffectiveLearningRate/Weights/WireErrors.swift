/// What a lossy wire's rounding changed in the gradient.
package enum WireError: GroupMetric {
  package static let definition = MetricDefinition(
    name: "wireError",
    definition: "√(Σ‖R(x) − x‖²)/‖G‖ of the window's last step, over all nodes x of the reduction tree, which the wire "
      + "rounds to R(x), G their root; undefined for wire float32",
    unit: "1", source: "docs/protocol.md, rule 40", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    [MetricValue(.layer, relative(windows, { $0.wireSquares }, to: { $0.gradientNorm }))]
  }
}

/// How far the weights that workers hold are from the server's.
package enum WireErrorWeights: GroupMetric {
  package static let definition = MetricDefinition(
    name: "wireErrorWeights",
    definition: "‖w − ŵ‖/‖w‖ at the window's end, ŵ the weights that workers compute with, ‖w‖ before the last step; "
      + "undefined for wire float32",
    unit: "1", source: "docs/protocol.md, rule 40", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    [MetricValue(.layer, relative(windows, { $0.heldSquares }, to: { $0.weightNorm }))]
  }
}

/// √(Σ squares / Σ norm²); `nil` if it was not measured, or all norms are 0.
private func relative(
  _ windows: [FilterWindow], _ squares: (FilterWindow) -> Double, to norm: (FilterWindow) -> Double
) -> Double? {
  var (sum, whole) = (0.0, 0.0)
  for window in windows where squares(window) >= 0 {
    sum += squares(window)
    whole += norm(window) * norm(window)
  }
  return whole > 0 ? (sum / whole).squareRoot() : nil
}
