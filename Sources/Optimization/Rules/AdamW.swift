package import Parameters

/// Adam whose only penalty is `weightDecay`: w ← w − η·weightDecay·w, then Adam's step, whose m and v never see the
/// decay.
///
/// Implementations differ in the factor of the decay. Here, as in PyTorch's `AdamW`, it is η of the step; the paper has
/// the schedule's factor alone, and some codebases nothing.
///
/// - Source: Loshchilov and Hutter 2019, arXiv:1711.05101, Algorithm 2.
package struct AdamW: UpdateRule {
  package static let name = "adamw"
  // The decay of PyTorch's AdamW.
  package static let defaults = RuleDefaults(
    learningRate: 1e-3, Adam.defaults.parameters, l2: 0, weightDecay: 0.01)
  package static var takesL2: Bool { false }

  package let adam: Adam

  package init(_ parameters: RuleParameters) throws(RuleError) { adam = try Adam(parameters) }

  package var homogeneity: Homogeneity { adam.homogeneity }
  package var stateNames: [String] { adam.stateNames }

  package func pyTorch(decoupled: Bool) -> PyTorchOptimizer? { adam.pyTorch(decoupled: true) }

  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? { adam.equilibrium(conditions) }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    adam.update(slice, step)
  }
}
