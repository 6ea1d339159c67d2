package import Parameters

/// How weights follow gradients: a value without hidden state. What a rule remembers between steps lies in the slice's
/// memory, owned by the server.
///
/// A new rule is one file with a conforming value and one line in `UpdateRules.all`; a new kernel is one file in
/// `CKernels/updates` and a line each in `list.h` and `all.h` there.
package protocol UpdateRule: Sendable {
  /// What plans and flags call the rule.
  static var name: String { get }

  /// Whether `l2` means anything to the rule; where not, `TensorUpdate` refuses it.
  static var takesL2: Bool { get }

  /// - Throws: `RuleError.outOfRange` for a parameter that the rule uses and cannot accept.
  init(_ parameters: RuleParameters) throws(RuleError)

  var gradientResponse: GradientResponse { get }
  var scope: Scope { get }

  /// The tensors kept for each parameter, in the order of `TensorSlice.memory`; zero at the start.
  var memoryNames: [String] { get }

  /// Σ over all later steps of what one gradient moves, in units of η: 1/(1 − μ) with momentum, 1 without.
  var momentumGain: Double { get }

  /// Writes the new weights and, if asked for, the sums.
  func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep)
}

extension UpdateRule {
  package static var takesL2: Bool { true }
  package var scope: Scope { .filter }
  package var momentumGain: Double { 1 }
}

/// How a rule's step answers a gradient multiplied by c > 0, when its memory is multiplied accordingly.
///
/// Behind a normalisation, weights α times as long have gradients 1/α times as long, and a step must be α times as long
/// to turn them by the same angle. So the effective rate is η / ‖w‖^p with p = 2 for a proportional and p = 1 for a
/// blind rule (van Laarhoven 2017, arXiv:1706.05350).
package enum GradientResponse: Hashable, Sendable {
  /// The step is multiplied by c: the SGD family.
  case proportional
  /// The step does not change: the Adam family as ε → 0.
  case blind

  /// p in η / ‖w‖^p.
  package var exponent: Int { self == .proportional ? 2 : 1 }
}

/// The part of a tensor that has to lie on one server.
package enum Scope: Hashable, Sendable {
  case filter
  /// A number of the whole tensor enters the step.
  case layer
}

/// The numbers of one step.
package struct UpdateStep: Hashable, Sendable {
  /// 1 for the first update.
  package var number: Int
  /// η of this step, schedule included.
  package var learningRate: Double
  /// λ of the penalty λ‖w‖², whose gradient 2λw joins g (PyTorch's `weight_decay` is 2λ).
  package var l2: Double
  /// Decoupled decay: w ← w − η · weightDecay · w, beside the step.
  package var weightDecay: Double

  package init(number: Int, learningRate: Double, l2: Double = 0, weightDecay: Double = 0) {
    self.number = number
    self.learningRate = learningRate
    self.l2 = l2
    self.weightDecay = weightDecay
  }

  /// 2λ, the factor of w in the gradient of the penalty.
  var penalty: Double { 2 * l2 }

  /// 1 − η · weightDecay, the factor of w in the new weights.
  var keep: Double { 1 - learningRate * weightDecay }
}
