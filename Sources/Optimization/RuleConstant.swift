/// A constant that an update rule may have beside η and the penalties.
///
/// A new constant is one declaration in the file of the rule whose defaults name it; plan fields, help and checks follow.
package struct RuleConstant: Sendable {
  /// What plans call it.
  package let name: String
  /// What it is, for people.
  package let meaning: String
  /// Which values it may have.
  package let range: NumberRange

  package init(_ name: String, _ meaning: String, _ range: NumberRange) {
    (self.name, self.meaning, self.range) = (name, meaning, range)
  }

  // Those that many rules have.

  package static let momentum = RuleConstant("momentum", "μ", .fraction)
  package static let beta1 = RuleConstant("beta1", "β₁", .fraction)
  package static let beta2 = RuleConstant("beta2", "β₂", .fraction)
  package static let epsilon = RuleConstant("epsilon", "ε, added to the root,", .positive)
}

extension RuleConstant: Hashable, CaseIterable {
  /// Those that plans can name, in the order of help: the common ones, then those of single rules.
  package static let allCases: [RuleConstant] = UpdateRules.all.reduce(
    into: [.momentum, .beta1, .beta2, .epsilon]
  ) { known, rule in
    known += rule.defaults.parameters.constants.filter { !known.contains($0) }
  }

  package static func == (a: RuleConstant, b: RuleConstant) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
