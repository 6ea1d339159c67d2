/// The rules there are.
package enum UpdateRules {
  package static let all: [any UpdateRule.Type] = [
    SGD.self,
    Momentum.self,
    Nesterov.self,
    RMSProp.self,
    Adam.self,
    AdamW.self,
    SignSGD.self,
    Lion.self,
    LARS.self,
    LAMB.self,
    AdamP.self,
    SGDP.self,
    RiemannianSGD.self,
  ]

  /// The rule of a run that names none.
  package static let standard: any UpdateRule.Type = Nesterov.self

  package static var names: [String] { all.map { $0.name } }

  /// The rule called `name`; constants that are not given have its defaults, and those that it does not use are ignored.
  package static func make(
    name: String, _ parameters: RuleParameters = [:]
  ) throws(RuleError) -> any UpdateRule {
    guard let rule = all.first(where: { $0.name == name }) else { throw .unknownRule(name) }
    return try rule.init(parameters.filled(from: rule.defaults.parameters))
  }
}
