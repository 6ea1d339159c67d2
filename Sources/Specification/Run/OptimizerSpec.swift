package import Optimization

/// The optimizer and its constants. What is not given takes the update rule's default; a constant given to a rule that has
/// no such constant is an error.
package struct OptimizerSpec: Hashable, Sendable {
  package var name = Name.standard
  package var learningRate: Double?  // η, before the schedule
  /// The constants that were given.
  package var parameters = RuleParameters()

  package init() {}

  /// The value given for a constant.
  package subscript(constant: RuleConstant) -> Double? {
    get { parameters[constant] }
    set { parameters[constant] = newValue }
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

  /// The update rule made of them.
  ///
  /// - Throws: `RuleError` for a constant out of its range, which `RunSpec.validate` has ruled out.
  package func make() throws(RuleError) -> any UpdateRule { try name.rule.init(constants.parameters) }
}
