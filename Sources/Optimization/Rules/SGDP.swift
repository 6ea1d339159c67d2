import CKernels
package import Parameters

/// SGDP: v ← μv + g, p = v made tangential where the weights look scale-invariant, then
/// w ← (1 − η·weightDecay·q/(1 − μ)) w − ηp with q = weightDecayRatio there and 1 elsewhere, and v = 0 at the start.
///
/// The division by 1 − μ makes the decay as strong as one that goes through the momentum. v itself stays as it is, only
/// the step is made tangential. The published code can take Nesterov's momentum, which is left out here.
///
/// - Source: Heo et al. 2020, arXiv:2006.08217, Algorithm 2, and the published code for the decay.
package struct SGDP: UpdateRule {
  package static let name = "sgdp"
  package static let defaults = RuleDefaults(
    learningRate: 0.02, [.momentum: 0.9, .delta: 0.1, .weightDecayRatio: 0.1], l2: 0, weightDecay: 5e-4)
  package static var takesL2: Bool { false }
  package static var decay: String {
    "w ← w − η·q·weightDecay/(1 − μ)·w, q = weightDecayRatio where the step is made tangential"
  }
  private static let kernel = UpdateKernel<tare_momentum_parameters>(named: "momentum")

  /// μ
  package let momentum: Double
  let tangential: TangentialStep

  package init(_ parameters: RuleParameters) throws(RuleError) {
    momentum = try parameters.value(.momentum)
    tangential = try TangentialStep(parameters)
  }

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 1, inWeights: 0) }
  package func separateDecay(l2: Double, weightDecay: Double) -> Double? { weightDecay > 0 ? nil : 0 }
  package var scope: Scope { .layer }
  package var stateNames: [String] { ["momentum"] }
  package var momentumGain: Double { 1 / (1 - momentum) }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    let sums = Scalar.direction(slice, with: Self.kernel, .init(rate: -1, penalty: 0, keep: 0, momentum: momentum))
    tangential.apply(
      to: slice, sums, rate: step.learningRate, decay: step.learningRate * step.weightDecay / (1 - momentum))
  }
}
