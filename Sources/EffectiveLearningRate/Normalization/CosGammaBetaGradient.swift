/// cos((γ, β), its gradient): 0 except for rounding where γ and β are jointly scale-invariant, i.e. before a ReLU that
/// leads into another normalized layer; not in the last normalized layer.
package enum CosGammaBetaGradient: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "cosGammaBetaGradient",
    definition: "⟨(γ, β), g⟩/(‖(γ, β)‖‖g‖) with g the gradient of both, in the window's last step",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350, discussion", headline: .layer)

  package static func values(of window: NormalizationWindow) -> [MetricValue] {
    let both = window.gamma + window.beta
    let norms = length(both.map(\.value)) * length(both.map(\.gradient))
    let product = both.reduce(0) { $0 + $1.value * $1.gradient }
    return [MetricValue(.layer, norms > 0 ? product / norms : nil)]
  }
}
