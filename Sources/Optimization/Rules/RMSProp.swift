import CKernels
package import Parameters

/// RMSProp: g′ = g + 2λw, v ← β₂v + (1 − β₂) g′², then w ← (1 − η·weightDecay) w − η g′/(√v + ε), with v = 0 at the
/// start.
///
/// Implementations differ in ε, which PyTorch and this add to the root while TensorFlow adds it to v, and in what comes
/// along: PyTorch's momentum and centring are left out. v is not corrected for its start, so that the first steps are
/// 1/√(1 − β₂) times as long as later ones. PyTorch calls β₂ `alpha`.
///
/// - Source: Tieleman and Hinton 2012, "Neural Networks for Machine Learning", lecture 6.5; PyTorch's `RMSprop`.
package struct RMSProp: UpdateRule {
  package static let name = "rmsprop"
  package static let defaults = RuleDefaults(learningRate: 1e-3, [.beta2: 0.99, .epsilon: 1e-8])
  private static let kernel = UpdateKernel<tare_rmsprop_parameters>(named: "rmsprop")

  /// β₂
  package let beta2: Double
  /// ε
  package let epsilon: Double

  package init(_ parameters: RuleParameters) throws(RuleError) {
    beta2 = try parameters.value(.beta2)
    epsilon = try parameters.value(.epsilon)
  }

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 0, inWeights: 0) }
  package var stateNames: [String] { ["v"] }

  package func pyTorch(decoupled: Bool) -> PyTorchOptimizer? {
    decoupled ? nil : PyTorchOptimizer("RMSprop", "alpha=\(beta2)", "eps=\(epsilon)")
  }

  /// Adam's with β₁ = 0.
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    conditions.ofBlindRule(squaredLengthening: 1, smoothing: 1, pull: 1)
  }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(
      slice, with: Self.kernel,
      .init(rate: step.learningRate, penalty: step.penalty, keep: step.keep, beta2: beta2, epsilon: epsilon))
  }
}
