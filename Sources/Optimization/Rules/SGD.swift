package import Parameters

/// Gradient descent: w ← (1 − η·weightDecay) w − η (g + 2λw).
///
/// Without momentum, coupled and decoupled decay are the same thing: weightDecay = 2λ.
///
/// - Source: Robbins and Monro 1951; PyTorch's `SGD` with `weight_decay` = 2λ.
package struct SGD: UpdateRule {
  package static let name = "sgd"
  // Without momentum, about 1 / (1 − 0.9) times the rate of momentum SGD.
  package static let defaults = RuleDefaults(learningRate: 0.1)
  private static let kernel = UpdateKernel(named: "sgd")

  package init() {}
  package init(_ parameters: RuleParameters) throws(RuleError) {}

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 1, inWeights: 0) }
  package var stateNames: [String] { [] }
  package func separateDecay(l2: Double, weightDecay: Double) -> Double? { 2 * l2 + weightDecay }
  package func pyTorch(decoupled: Bool) -> PyTorchOptimizer? { decoupled ? nil : PyTorchOptimizer("SGD") }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(slice, with: Self.kernel, coefficients: [step.learningRate, step.penalty, step.keep])
  }
}
