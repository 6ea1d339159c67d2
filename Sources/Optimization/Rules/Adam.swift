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
  private static let kernel = UpdateKernel(named: "adam")

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

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(
      slice, with: Self.kernel,
      coefficients: coefficients(step.number, rate: step.learningRate, penalty: step.penalty, keep: step.keep))
  }

  /// Writes p = keep · w + m̂/(√v̂ + ε) where the new weights will be, m̂ and v̂ corrected for their start at zero.
  ///
  /// - Returns: the sums of each filter with p in place of d.
  func direction<Scalar: KernelScalar>(
    _ slice: TensorSlice<Scalar>, step: Int, keep: Double = 0
  ) -> [FilterSums] {
    Scalar.direction(
      slice, with: Self.kernel, coefficients: coefficients(step, rate: -1, penalty: 0, keep: keep))
  }

  private func coefficients(_ step: Int, rate: Double, penalty: Double, keep: Double) -> [Double] {
    let correction1 = 1 - power(beta1, step)
    let correction2 = 1 - power(beta2, step)
    return [
      rate / correction1, penalty, keep, beta1, 1 - beta1, beta2, 1 - beta2, 1 / correction2.squareRoot(), epsilon,
    ]
  }
}
