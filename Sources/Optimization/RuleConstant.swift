/// A constant that a rule may have beside η and the penalties; the raw value is what plans call it.
package enum RuleConstant: String, Hashable, Sendable, CaseIterable {
  case momentum, beta1, beta2, epsilon, trust, delta, weightDecayRatio, clip

  /// What it is, for people.
  package var meaning: String {
    switch self {
    case .momentum: "μ"
    case .beta1: "β₁"
    case .beta2: "β₂"
    case .epsilon: "ε, added to the root,"
    case .trust: "The step's length in units of ‖w‖"
    case .delta: "The cos(w, g)·√length below which a step is made tangential,"
    case .weightDecayRatio: "The factor on weightDecay when a step is made tangential,"
    case .clip: "The longest gradient at unit norm (0 = any)"
    }
  }

  /// Which values it may have.
  package var range: NumberRange {
    switch self {
    case .momentum, .beta1, .beta2: .fraction
    case .epsilon, .trust: .positive
    case .delta, .clip: .notNegative
    case .weightDecayRatio: .proportion
    }
  }
}

/// A set of accepted numbers, in words and as a test.
package struct NumberRange: Sendable {
  package let words: String
  package let contains: @Sendable (Double) -> Bool

  package init(_ words: String, contains: @escaping @Sendable (Double) -> Bool) {
    self.words = words
    self.contains = { $0.isFinite && contains($0) }
  }

  package static let positive = NumberRange("a number above 0") { $0 > 0 }
  package static let notNegative = NumberRange("a number, 0 or more") { $0 >= 0 }
  /// For averages of the past: 0 forgets at once, 1 would never learn.
  package static let fraction = NumberRange("a number from 0 up to, not including, 1") { 0 <= $0 && $0 < 1 }
  package static let proportion = NumberRange("a number from 0 to 1") { 0 <= $0 && $0 <= 1 }
}
