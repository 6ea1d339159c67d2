import CKernels
package import Parameters

/// Adam: g′ = g + 2λw, m ← β₁m + (1 − β₁) g′, v ← β₂v + (1 − β₂) g′², then
/// w ← (1 − η·weightDecay) w − η/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε), with m = v = 0 at the start and t = 1 at the
/// first step.
///
/// Implementations differ in ε. Here, as in PyTorch and in Algorithm 1 of the paper, it is added to the root *after* the
/// correction of v; TensorFlow adds it to √v itself (the paper's ε̂), which makes it larger in the first steps. `l2`
/// passes through m and v; the decoupled decay of AdamW does not.
///
/// - Source: Kingma and Ba 2015, arXiv:1412.6980, Algorithm 1.
package struct Adam: UpdateRule {
  package static let name = "adam"
  package static let defaults = RuleDefaults(learningRate: 1e-3, [.beta1: 0.9, .beta2: 0.999, .epsilon: 1e-8])
  private static let kernel = UpdateKernel<tare_adam_parameters>(named: "adam")

  /// β₁
  package let beta1: Double
  /// β₂
  package let beta2: Double
  /// ε
  package let epsilon: Double

  package init(_ parameters: RuleParameters) throws(RuleError) {
    beta1 = try parameters.value(.beta1)
    beta2 = try parameters.value(.beta2)
    epsilon = try parameters.value(.epsilon)
  }

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 0, inWeights: 0) }
  package var stateNames: [String] { ["m", "v"] }

  package func pyTorch(decoupled: Bool) -> PyTorchOptimizer? {
    PyTorchOptimizer(decoupled ? "AdamW" : "Adam", "betas=(\(beta1), \(beta2))", "eps=\(epsilon)")
  }

  /// Decoupled: ‖w‖² = ηC/(2λ_d), angle² = 2ηλ_d (1 − β₁)/(1 + β₁).
  ///
  /// Coupled: ‖w‖³ = η√(G²C)/(2λ_d), angle = (2η²λ_d C/√G²)^⅓ √((1 − β₁)/(1 + β₁)).
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    let smoothing = ((1 - beta1) / (1 + beta1)).squareRoot()
    return conditions.ofBlindRule(squaredLengthening: 1, smoothing: smoothing, pull: 1)
  }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(
      slice, with: Self.kernel,
      parameters(step.number, rate: step.learningRate, penalty: step.penalty, keep: step.keep))
  }

  /// Writes p = keep · w + m̂/(√v̂ + ε) where the new weights will be, m̂ and v̂ corrected for their start at zero.
  ///
  /// - Returns: the sums of each filter with p in place of d.
  func direction<Scalar: KernelScalar>(
    _ slice: TensorSlice<Scalar>, step: Int, keep: Double = 0
  ) -> [FilterSums] {
    Scalar.direction(slice, with: Self.kernel, parameters(step, rate: -1, penalty: 0, keep: keep))
  }

  private func parameters(_ step: Int, rate: Double, penalty: Double, keep: Double) -> tare_adam_parameters {
    let correction1 = 1 - power(beta1, step)
    let correction2 = 1 - power(beta2, step)
    return tare_adam_parameters(
      rate: rate / correction1, penalty: penalty, keep: keep, beta1: beta1, beta2: beta2,
      root_scale: 1 / correction2.squareRoot(), epsilon: epsilon)
  }
}
