package import Optimization

/// The update rule and its constants. A constant left `nil` takes the rule's default; one given to a rule that has no
/// such constant is an error.
package struct RuleSpec: Hashable, Sendable, Codable {
  package var name = Name.nesterov
  package var learningRate: Double?  // η, before the schedule
  package var momentum: Double?  // μ
  package var beta1: Double?
  package var beta2: Double?
  package var epsilon: Double?
  package var trust: Double?
  package var delta: Double?
  package var weightDecayRatio: Double?
  package var clip: Double?

  package init() {}

  /// The value given for a constant.
  package subscript(constant: RuleConstant) -> Double? {
    get { self[keyPath: Self.location(of: constant)] }
    set { self[keyPath: Self.location(of: constant)] = newValue }
  }

  private static func location(of constant: RuleConstant) -> WritableKeyPath<RuleSpec, Double?> {
    switch constant {
    case .momentum: \.momentum
    case .beta1: \.beta1
    case .beta2: \.beta2
    case .epsilon: \.epsilon
    case .trust: \.trust
    case .delta: \.delta
    case .weightDecayRatio: \.weightDecayRatio
    case .clip: \.clip
    }
  }

  /// The constants in force: what was given, else the rule's defaults; none that the rule does not have.
  package var constants: RuleDefaults {
    var constants = name.defaults
    constants.learningRate = learningRate ?? constants.learningRate
    for constant in RuleConstant.allCases where constants.parameters[constant] != nil {
      constants.parameters[constant] = self[constant] ?? constants.parameters[constant]
    }
    return constants
  }

  /// η in force, before the schedule.
  package var rate: Double { constants.learningRate }

  /// The rule made of them.
  ///
  /// - Throws: `RuleError` for a constant out of its range, which `RunSpec.validate` has ruled out.
  package func make() throws(RuleError) -> any UpdateRule { try name.rule.init(constants.parameters) }
}
