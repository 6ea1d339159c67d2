/// The rules there are.
package enum UpdateRules {
  package static let all: [any UpdateRule.Type] = [
    SGD.self,
    HeavyBall.self,
    Nesterov.self,
    Adam.self,
    AdamW.self,
  ]

  package static var names: [String] { all.map { $0.name } }

  /// The rule called `name`. Parameters that it does not use are ignored.
  package static func make(
    name: String, momentum: Double = 0.9, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) throws(RuleError) -> any UpdateRule {
    guard let rule = all.first(where: { $0.name == name }) else { throw .unknownRule(name) }
    return try rule.init(RuleParameters(momentum: momentum, beta1: beta1, beta2: beta2, epsilon: epsilon))
  }
}

/// The parameters of all rules; each takes what it uses.
package struct RuleParameters: Hashable, Sendable {
  /// μ
  package let momentum: Double
  /// β₁
  package let beta1: Double
  /// β₂
  package let beta2: Double
  /// ε
  package let epsilon: Double

  package init(momentum: Double = 0.9, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.momentum = momentum
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }
}
