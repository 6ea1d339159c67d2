/// The update rule and its constants. A constant left `nil` takes the rule's default; one given to a rule that has no
/// such constant is an error.
package struct RuleSpec: Hashable, Sendable, Codable {
  package var name = Name.nesterov
  package var learningRate: Double?  // η, before the schedule
  package var momentum: Double?  // μ
  package var beta1: Double?
  package var beta2: Double?
  package var epsilon: Double?

  package init() {}

  package enum Name: String, SpecChoice {
    case sgd
    case heavyBall = "heavy-ball"
    case nesterov, adam, adamw

    /// Whether the step is proportional to the gradient, possibly through momentum.
    package var isGradientDescent: Bool { self == .sgd || self == .heavyBall || self == .nesterov }
  }

  /// The constants in force: what was given, else the rule's defaults.
  package var constants: Constants {
    let defaults = name.defaults
    return Constants(
      learningRate: learningRate ?? defaults.learningRate,
      momentum: momentum ?? defaults.momentum,
      beta1: beta1 ?? defaults.beta1,
      beta2: beta2 ?? defaults.beta2,
      epsilon: epsilon ?? defaults.epsilon,
      l2: defaults.l2, weightDecay: defaults.weightDecay)
  }

  /// What a rule is made of; `nil` where it has no such constant.
  package struct Constants: Hashable, Sendable {
    package var learningRate: Double
    package var momentum: Double?
    package var beta1: Double?
    package var beta2: Double?
    package var epsilon: Double?
    /// The penalty of a run that asks for neither `l2` nor `weightDecay`.
    package var l2 = 2.5e-4  // λ; PyTorch's SGD(weight_decay=5e-4)
    package var weightDecay = 0.0
  }
}

extension RuleSpec.Name {
  /// The defaults of every rule, all in this one place.
  package var defaults: RuleSpec.Constants {
    switch self {
    case .sgd: .init(learningRate: 0.1)  // no momentum: about 1 / (1 − 0.9) times heavy ball's
    case .heavyBall, .nesterov: .init(learningRate: 0.02, momentum: 0.9)
    case .adam: .init(learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8)  // Kingma and Ba 2015
    case .adamw:  // decay as in PyTorch's AdamW
      .init(learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0, weightDecay: 0.01)
    }
  }
}
