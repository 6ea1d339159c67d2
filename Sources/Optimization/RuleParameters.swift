/// The constants that a rule is made with.
package struct RuleParameters: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  private var values: [RuleConstant: Double] = [:]

  package init() {}

  package init(dictionaryLiteral elements: (RuleConstant, Double)...) {
    for (constant, value) in elements { values[constant] = value }
  }

  /// Those that have a value, by name.
  package var constants: [RuleConstant] { values.keys.sorted { $0.name < $1.name } }

  package subscript(constant: RuleConstant) -> Double? {
    get { values[constant] }
    set { values[constant] = newValue }
  }

  /// These, and of `others` what is not given here.
  package func filled(from others: RuleParameters) -> RuleParameters {
    var result = self
    result.values.merge(others.values) { own, _ in own }
    return result
  }

  /// The value of a constant that the rule needs.
  ///
  /// - Throws: `RuleError` if it is missing or out of its range.
  package func value(_ constant: RuleConstant) throws(RuleError) -> Double {
    guard let value = values[constant] else { throw .missing(field: constant.name) }
    try RuleError.check(constant.name, value, constant.range)
    return value
  }
}

/// What a run of one rule uses unless it is told otherwise. The constants named here are those that the rule has.
package struct RuleDefaults: Hashable, Sendable {
  /// η
  package var learningRate: Double
  package var parameters: RuleParameters
  /// λ of a run that asks for neither `l2` nor `weightDecay`; PyTorch's SGD(weight_decay=5e-4) is 2.5e-4.
  package var l2: Double
  /// The decoupled decay of such a run.
  package var weightDecay: Double

  package init(
    learningRate: Double, _ parameters: RuleParameters = [:], l2: Double = 2.5e-4, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.parameters = parameters
    self.l2 = l2
    self.weightDecay = weightDecay
  }
}
