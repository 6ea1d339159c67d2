import CKernels
package import Parameters

/// Momentum: v ← μv + g + 2λw, then w ← (1 − η·weightDecay) w − ηv, with v = 0 at the start.
///
/// Implementations differ in where η stands. Here, as in PyTorch's `SGD(momentum: μ, dampening: 0)`, v collects
/// gradients; Sutskever et al. and Keras keep v ← μv − ηg, which differs once η changes from step to step.
///
/// - Source: Polyak 1964, "Some methods of speeding up the convergence of iteration methods".
package struct Momentum: UpdateRule {
  package static let name = "momentum"
  package static let formerNames = ["heavy-ball"]
  package static let defaults = RuleDefaults(learningRate: 0.02, [.momentum: 0.9])
  private static let kernel = UpdateKernel<tare_momentum_parameters>(named: "momentum")

  /// μ
  package let momentum: Double

  package init(_ parameters: RuleParameters) throws(RuleError) {
    momentum = try parameters.value(.momentum)
  }

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 1, inWeights: 0) }
  package var stateNames: [String] { ["momentum"] }
  package var momentumGain: Double { 1 / (1 - momentum) }
  package var exactLaws: ExactLaws { ExactLaws(momentum: momentum) }

  package func pyTorch(decoupled: Bool) -> PyTorchOptimizer? {
    decoupled ? nil : PyTorchOptimizer("SGD", "momentum=\(momentum)")
  }

  /// ‖w‖⁴ = ηG²/(λ_d (1 − μ)(2 − ηλ_d/(1 + μ))), angle² = 2ηλ_d/(1 + μ).
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    conditions.ofMomentum(momentum) { x in
      (squaredAngle: 2 * x / (1 + momentum), twice: 2 - x / (1 + momentum))
    }
  }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(
      slice, with: Self.kernel,
      .init(rate: step.learningRate, penalty: step.penalty, keep: step.keep, momentum: momentum))
  }
}
