import CKernels
package import Parameters

/// Lion: u = sign(β₁m + (1 − β₁) g), then w ← (1 − η·weightDecay) w − ηu and m ← β₂m + (1 − β₂) g, with m = 0 at the
/// start and sign(0) = 0.
///
/// The decay is decoupled, as in the paper; its authors advise a tenth of AdamW's rate with ten times its decay.
///
/// - Source: Chen et al. 2023, arXiv:2302.06675, Algorithm 2.
package struct Lion: UpdateRule {
  package static let name = "lion"
  package static let defaults = RuleDefaults(
    learningRate: 1e-4, [.beta1: 0.9, .beta2: 0.99], l2: 0, weightDecay: 0.1)
  package static var takesL2: Bool { false }
  private static let kernel = UpdateKernel<tare_lion_parameters>(named: "lion")

  /// β₁, of the step.
  package let beta1: Double
  /// β₂, of the state.
  package let beta2: Double

  package init(_ parameters: RuleParameters) throws(RuleError) {
    beta1 = try parameters.value(.beta1)
    beta2 = try parameters.value(.beta2)
  }

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 0, inWeights: 0) }
  package var stateNames: [String] { ["m"] }

  /// Decoupled: ‖w‖ = η√C/angle, angle² = πηλ_d ((1 − β₁)² + β₁² (1 − β₂)/(1 + β₂)).
  ///
  /// A sign moves the weights by √(2/π)/σ for each unit of a normal sum of deviation σ = √(the bracket) times a
  /// gradient's, and the gradients of that sum have weights that add up to 1: so ‖w‖² grows by η²C · (2/π)/(the bracket).
  ///
  /// - Source: Kosson et al. 2023, arXiv:2305.17212, for the angle.
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    let spread = (1 - beta1) * (1 - beta1) + beta1 * beta1 * (1 - beta2) / (1 + beta2)
    let growth = 2 / (Double.pi * spread)
    return conditions.ofBlindRule(
      squaredLengthening: growth, smoothing: 1 / growth.squareRoot(), pull: nil)
  }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(
      slice, with: Self.kernel,
      .init(rate: step.learningRate, penalty: step.penalty, keep: step.keep, beta1: beta1, beta2: beta2))
  }
}
