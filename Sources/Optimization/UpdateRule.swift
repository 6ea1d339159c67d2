package import Parameters

/// How weights follow gradients: a value without hidden state. What an optimizer keeps between steps is the
/// slice's state, owned by the server.
///
/// A new rule is one file with a conforming value and one line in `UpdateRules.all`: names, defaults, help and checks of
/// plans follow from what it declares. A new kernel is one file in `CKernels/updates`, its struct of parameters in
/// `CKernels/include/parameters.h`, and a line each in `list.h` and `all.h`.
package protocol UpdateRule: Sendable {
  /// What plans and flags call the rule.
  static var name: String { get }

  /// What earlier versions called it, which plans may still do.
  static var formerNames: [String] { get }

  /// η, constants and penalties of a run that gives none.
  static var defaults: RuleDefaults { get }

  /// Whether `l2`, which joins the gradient, means anything to the rule; where not, `TensorUpdate` refuses it.
  static var takesL2: Bool { get }

  /// Whether the decoupled `weightDecay` means anything to the rule; where not, `TensorUpdate` refuses it.
  static var takesWeightDecay: Bool { get }

  /// - Parameter parameters: all the constants in `defaults`.
  /// - Throws: `RuleError` for one that the rule uses and cannot accept.
  init(_ parameters: RuleParameters) throws(RuleError)

  /// What the effective rate follows from.
  var homogeneity: Homogeneity { get }
  var scope: Scope { get }

  /// The tensors kept for each parameter, in the order of `TensorSlice.optimizerState`; zero at the start.
  var stateNames: [String] { get }

  /// Σ over all later steps of what one gradient moves, in units of η: 1/(1 − μ) with momentum, 1 without.
  var momentumGain: Double { get }

  /// The power of α that `weightDecay` is divided by when weights are α times as long: p, where decay is beside the step.
  var weightDecayExponent: Int { get }

  /// How `weightDecay` acts, for people.
  static var decay: String { get }

  /// λ_d of the part −ηλ_d w of every step that decay alone makes; `nil` where what decay makes cannot be told apart.
  func separateDecay(l2: Double, weightDecay: Double) -> Double?

  /// The laws of ‖w‖ that the rule's steps obey to rounding.
  var exactLaws: ExactLaws { get }

  /// Where decay and gradient noise balance; `nil` where they do not (no decay, no gradients, η·λ_d ≥ 1), or where it is
  /// not known (for most rules: both kinds of decay at once).
  ///
  /// - Source: docs/science.md, section 5.
  func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium?

  /// Whether the weights have to be scale-invariant filter by filter. Specs in which they are not are then refused, and
  /// tensors that are not normalized at all are trained by `forUnnormalized`.
  static var requiresFilterInvariance: Bool { get }

  /// How often a step goes through the memory of a filter.
  static var passes: Int { get }

  /// The rule for the tensors that are not scale-invariant: biases, γ, β, and the last layer.
  var forUnnormalized: any UpdateRule { get }

  /// The optimizer of PyTorch that takes the same steps, with a penalty of the kind asked for; `nil` if there is none.
  func pyTorch(decoupled: Bool) -> PyTorchOptimizer?

  /// Writes the new weights and, if asked for, the sums and the squared norms of the new weights, by the updates of
  /// `KernelScalar`.
  func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep)
}

extension UpdateRule {
  package static var formerNames: [String] { [] }
  package static var takesL2: Bool { true }
  package static var takesWeightDecay: Bool { true }
  package var scope: Scope { .filter }
  package var momentumGain: Double { 1 }
  package var weightDecayExponent: Int { homogeneity.exponent }
  package static var decay: String { "w ← w − η·weightDecay·w" }
  package func separateDecay(l2: Double, weightDecay: Double) -> Double? { weightDecay }
  package var exactLaws: ExactLaws { ExactLaws() }
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? { nil }
  package static var requiresFilterInvariance: Bool { false }
  package static var passes: Int { 1 }
  package var forUnnormalized: any UpdateRule { self }
  package func pyTorch(decoupled: Bool) -> PyTorchOptimizer? { nil }
}

/// The part of a tensor that has to lie on one server.
package enum Scope: Hashable, Sendable {
  case filter
  /// A number of the whole tensor enters the step.
  case layer
}

/// A class of `torch.optim` and its arguments, without `lr` and `weight_decay`.
package struct PyTorchOptimizer: Hashable, Sendable {
  package let name: String
  /// Such as `momentum=0.9`.
  package let arguments: [String]

  package init(_ name: String, _ arguments: String...) {
    self.name = name
    self.arguments = arguments
  }
}
