/// A constant that an update rule may have beside η and the penalties.
///
/// A new constant is one declaration below and a place in `allCases`; plan fields, help and checks follow.
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

  package static let momentum = RuleConstant("momentum", "μ", .fraction)
  package static let beta1 = RuleConstant("beta1", "β₁", .fraction)
  package static let beta2 = RuleConstant("beta2", "β₂", .fraction)
  package static let epsilon = RuleConstant("epsilon", "ε, added to the root,", .positive)
  package static let trustCoefficient = RuleConstant(
    "trustCoefficient", "The step's length in units of ‖w‖", .positive)
  package static let delta = RuleConstant(
    "delta", "The cos(w, g)·√length below which a step is made tangential,", .notNegative)
  package static let weightDecayRatio = RuleConstant(
    "weightDecayRatio", "The factor on weightDecay when a step is made tangential,", .proportion)
  package static let clip = RuleConstant("clip", "The longest gradient at unit norm (0 = any)", .notNegative)
}

extension RuleConstant: Hashable, CaseIterable {
  /// Those that plans can name, in the order of help.
  package static let allCases: [RuleConstant] = [
    .momentum, .beta1, .beta2, .epsilon, .trustCoefficient, .delta, .weightDecayRatio, .clip,
  ]

  package static func == (a: RuleConstant, b: RuleConstant) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
