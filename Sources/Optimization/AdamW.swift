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
  package static var takesL2: Bool { false }

  package let adam: Adam

  package init(_ parameters: RuleParameters) throws(RuleError) { adam = try Adam(parameters) }

  package var gradientResponse: GradientResponse { adam.gradientResponse }
  package var memoryNames: [String] { adam.memoryNames }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    adam.update(slice, step)
  }
}
