import CKernels
package import Parameters

/// Nesterov's momentum in PyTorch's form: g′ = g + 2λw, v ← μv + g′, then w ← (1 − η·weightDecay) w − η (g′ + μv).
///
/// Nesterov's own form takes the gradient at the point looked ahead to. This form keeps that point as the weights, so
/// that g is the gradient where the weights are; for constant η and μ both visit the same points.
///
/// - Source: Nesterov 1983; Sutskever et al. 2013, "On the importance of initialization and momentum", section 2;
///   PyTorch's `SGD(nesterov: true)`.
package struct Nesterov: UpdateRule {
  package static let name = "nesterov"
  package static let defaults = RuleDefaults(learningRate: 0.02, [.momentum: 0.9])
  private static let kernel = UpdateKernel<tare_nesterov_parameters>(named: "nesterov")

  /// μ
  package let momentum: Double

  package init(_ parameters: RuleParameters) throws(RuleError) {
    momentum = try parameters.value(.momentum)
  }

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 1, inWeights: 0) }
  package var stateNames: [String] { ["momentum"] }
  package var momentumGain: Double { 1 / (1 - momentum) }

  package func pyTorch(decoupled: Bool) -> PyTorchOptimizer? {
    decoupled ? nil : PyTorchOptimizer("SGD", "momentum=\(momentum)", "nesterov=True")
  }

  /// ‖w‖⁴ = ηG²/(2λ_d (1 − μ)), angle² = 2ηλ_d (1 + 2μ − 2μ³)/(1 + μ).
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    let cube = momentum * momentum * momentum
    return conditions.ofMomentum(momentum) { x in
      (squaredAngle: 2 * x * (1 + 2 * momentum - 2 * cube) / (1 + momentum), twice: 2)
    }
  }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    Scalar.update(
      slice, with: Self.kernel,
      .init(rate: step.learningRate, penalty: step.penalty, keep: step.keep, momentum: momentum))
  }
}
