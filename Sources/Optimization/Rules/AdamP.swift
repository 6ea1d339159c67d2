package import Parameters

/// AdamP: Adam's direction p = m̂/(√v̂ + ε), made tangential where the weights look scale-invariant, then
/// w ← (1 − η·weightDecay·q) w − ηp with q = weightDecayRatio there and 1 elsewhere.
///
/// The published code can put Nesterov's momentum into p, which is left out here.
///
/// - Source: Heo et al. 2020, arXiv:2006.08217, Algorithm 3.
package struct AdamP: UpdateRule {
  package static let name = "adamp"
  package static let defaults = RuleDefaults(
    learningRate: 1e-3,
    [.beta1: 0.9, .beta2: 0.999, .epsilon: 1e-8, .delta: 0.1, .weightDecayRatio: 0.1], l2: 0, weightDecay: 0.01)
  package static var takesL2: Bool { false }
  package static var decay: String {
    "w ← w − η·q·weightDecay·w, q = weightDecayRatio where the step is made tangential"
  }

  package let adam: Adam
  let tangential: TangentialStep

  package init(_ parameters: RuleParameters) throws(RuleError) {
    adam = try Adam(parameters)
    tangential = try TangentialStep(parameters)
  }

  package var homogeneity: Homogeneity { adam.homogeneity }
  package func separateDecay(l2: Double, weightDecay: Double) -> Double? { weightDecay > 0 ? nil : 0 }
  package var scope: Scope { .layer }
  package var stateNames: [String] { adam.stateNames }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    let sums = adam.direction(slice, step: step.number)
    tangential.apply(
      to: slice, sums, rate: step.learningRate, decay: step.learningRate * step.weightDecay)
  }
}
