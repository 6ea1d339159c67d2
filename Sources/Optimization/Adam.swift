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
  private static let kernel = UpdateKernel(named: "adam")

  /// β₁
  package let beta1: Double
  /// β₂
  package let beta2: Double
  /// ε
  package let epsilon: Double

  package init(_ parameters: RuleParameters) throws(RuleError) {
    try RuleError.checkRetained("beta1", parameters.beta1)
    try RuleError.checkRetained("beta2", parameters.beta2)
    try RuleError.check("epsilon", parameters.epsilon, "above 0") { $0 > 0 }
    beta1 = parameters.beta1
    beta2 = parameters.beta2
    epsilon = parameters.epsilon
  }

  package var gradientResponse: GradientResponse { .blind }
  package var memoryNames: [String] { ["m", "v"] }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    let correction1 = 1 - power(beta1, step.number)
    let correction2 = 1 - power(beta2, step.number)
    Scalar.update(
      slice, with: Self.kernel,
      coefficients: [
        step.learningRate / correction1, step.penalty, step.keep, beta1, 1 - beta1, beta2, 1 - beta2,
        1 / correction2.squareRoot(), epsilon,
      ])
  }
}
