/// How a rule's step d(w, g) answers longer weights and longer gradients: d(αw, cg) = αᵇ cᵃ d(w, g) for α, c > 0, with
/// state that began at zero, ε → 0, and penalties scaled along.
///
/// Before a normalization, weights α times as long have gradients 1/α times as long, and a step must be α times as long
/// to turn them by the same angle. So η must be multiplied by α^p with p = 1 + a − b, and the effective rate is η/‖w‖^p
/// (van Laarhoven 2017, arXiv:1706.05350).
package struct Homogeneity: Hashable, Sendable {
  /// a, the degree in the gradient.
  package let inGradient: Int
  /// b, the degree in the weights.
  package let inWeights: Int

  package init(inGradient: Int, inWeights: Int) {
    self.inGradient = inGradient
    self.inWeights = inWeights
  }

  /// p in η/‖w‖^p.
  package var exponent: Int { 1 + inGradient - inWeights }
}
