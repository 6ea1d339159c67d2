import CKernels
package import Parameters

/// signSGD: w ← (1 − η·weightDecay) w − η sign(g + 2λw), where sign(0) = 0.
///
/// The sign is taken of the gradient averaged over the whole batch. The paper's other version lets the signs of workers'
/// gradients vote, and would depend on the number of workers; with momentum it is called Signum.
///
/// - Source: Bernstein et al. 2018, arXiv:1802.04434, Algorithm 1.
package struct SignSGD: UpdateRule {
  package static let name = "signsgd"
  package static let defaults = RuleDefaults(learningRate: 1e-3, l2: 0, weightDecay: 0.01)
  private static let kernel = UpdateKernel<tare_signsgd_parameters>(named: "signsgd")

  package init(_ parameters: RuleParameters) throws(RuleError) {}

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 0, inWeights: 0) }
  package var stateNames: [String] { [] }

  /// Decoupled: ‖w‖² = ηC/(2λ_d), angle² = 2ηλ_d. Coupled: ‖w‖³ = √(π/2) η√(G²C)/(2λ_d), angle = η√C/‖w‖.
  ///
  /// The coupled case takes gradients to be normal: the mean of sign(g + δ) is then √(2/π) δ/σ for small δ.
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    conditions.ofBlindRule(squaredLengthening: 1, smoothing: 1, pull: (2 / Double.pi).squareRoot())
  }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(slice, with: Self.kernel, .init(rate: step.learningRate, penalty: step.penalty, keep: step.keep))
  }
}
