import CKernels
package import Parameters

/// LAMB: m and v as in Adam, r = m̂/(√v̂ + ε) + weightDecay·w, then w ← w − η (‖w‖/‖r‖) r, with norms over the whole
/// layer. Where ‖w‖ or ‖r‖ is 0, their quotient counts as 1.
///
/// The decay is part of r and so scaled with it: what it takes depends on ‖r‖. Implementations differ in φ, the
/// identity here, which some bound (φ(‖w‖) ≤ 10), and in whether m and v are corrected for their start, as here and in
/// the paper.
///
/// - Source: You et al. 2019, arXiv:1904.00962, Algorithm 2.
package struct LAMB: UpdateRule {
  package static let name = "lamb"
  package static let defaults = RuleDefaults(
    learningRate: 0.01, [.beta1: 0.9, .beta2: 0.999, .epsilon: 1e-6], l2: 0, weightDecay: 0.01)
  package static var takesL2: Bool { false }
  package static var decay: String { "w ← w − η·‖w‖/‖r‖·weightDecay·w, as a part of the direction r" }

  package let adam: Adam

  package init(_ parameters: RuleParameters) throws(RuleError) { adam = try Adam(parameters) }

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 0, inWeights: 1) }
  package func separateDecay(l2: Double, weightDecay: Double) -> Double? { weightDecay > 0 ? nil : 0 }
  /// Beside m̂/√v̂, which longer weights do not change, the decay has to stay as it is too.
  package var weightDecayExponent: Int { adam.homogeneity.exponent }
  package var scope: Scope { .layer }
  package var stateNames: [String] { adam.stateNames }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    let sums = adam.direction(slice, step: step.number, keep: step.weightDecay)
    let whole = sums.reduce(FilterSums(), +)
    let ratio = whole.w2 == 0 || whole.d2 == 0 ? 1 : whole.w2.squareRoot() / whole.d2.squareRoot()
    let combination = tare_combine_parameters(weight: 0, direction: -step.learningRate * ratio)
    Scalar.combine(slice, Array(repeating: combination, count: sums.count))
  }
}
