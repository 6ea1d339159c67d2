import CKernels
import Foundation
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
  private static let kernel = UpdateKernel<tare_sgd_parameters>(named: "sgd")

  package init() {}
  package init(_ parameters: RuleParameters) throws(RuleError) {}

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 1, inWeights: 0) }
  package var stateNames: [String] { [] }
  package var exactLaws: ExactLaws { ExactLaws(radius: true, momentum: 0) }
  package func separateDecay(l2: Double, weightDecay: Double) -> Double? { 2 * l2 + weightDecay }
  package func pyTorch(decoupled: Bool) -> PyTorchOptimizer? { decoupled ? nil : PyTorchOptimizer("SGD") }

  /// ‖w‖⁴ = ηG²/(λ_d (2 − ηλ_d)), angle = arccos(1 − ηλ_d). Coupled and decoupled decay add up.
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    let (rate, decay) = (conditions.learningRate, conditions.coupledDecay + conditions.decoupledDecay)
    let x = rate * decay
    guard 0 < x, x < 1 else { return nil }
    return Equilibrium(
      angle: 2 * asin((x / 2).squareRoot()),  // arccos(1 − x), exact for small x
      norm: (rate * conditions.squaredUnitGradient / (decay * (2 - x))).squareRoot().squareRoot(),
      timeConstant: 1 / (4 * x))
  }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(slice, with: Self.kernel, .init(rate: step.learningRate, penalty: step.penalty, keep: step.keep))
  }
}
