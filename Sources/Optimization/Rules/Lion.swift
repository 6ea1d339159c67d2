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
  private static let kernel = UpdateKernel(named: "lion")

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

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(
      slice, with: Self.kernel,
      coefficients: [step.learningRate, step.penalty, step.keep, beta1, 1 - beta1, beta2, 1 - beta2])
  }
}
