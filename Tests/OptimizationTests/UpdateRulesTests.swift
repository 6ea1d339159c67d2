import Optimization
import Parameters
import Testing

@Suite struct UpdateRulesTests {
  @Test func namesAreThoseOfThePlans() {
    #expect(
      UpdateRules.names == [
        "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "signsgd", "lion", "lars", "lamb", "adamp", "sgdp",
        "riemannian-sgd",
      ])
  }

  @Test(arguments: UpdateRules.names) func everyNameMakesItsRule(name: String) throws {
    let rule = try UpdateRules.make(name: name)
    #expect(type(of: rule).name == name)
    #expect((rule.scope == .layer) == ["lars", "lamb", "adamp", "sgdp"].contains(name))
    #expect(Set(rule.stateNames).count == rule.stateNames.count)
  }

  @Test func unknownRuleNamesTheKnown() {
    #expect(throws: RuleError.unknownRule("adma")) { try UpdateRules.make(name: "adma") }
    #expect(
      RuleError.unknownRule("adma").description
        == "rule: there is no update rule \"adma\"; there are "
        + UpdateRules.names.joined(separator: ", "))
  }

  /// Every constant that a rule has is checked by it, at both ends of its range.
  @Test(arguments: UpdateRules.names) func constantsOutOfRange(name: String) throws {
    let kind = try #require(UpdateRules.all.first { $0.name == name })
    let wrong: [RuleConstant: [Double]] = [
      .momentum: [1, -0.1], .beta1: [1, -0.1], .beta2: [1.5, -0.1], .epsilon: [0, -1e-8], .trustCoefficient: [0, -1],
      .delta: [-0.1], .weightDecayRatio: [-0.1, 1.5], .clip: [-1],
    ]
    for constant in RuleConstant.allCases where kind.defaults.parameters[constant] != nil {
      for value in (try #require(wrong[constant])) + [.nan, .infinity] {
        var parameters = RuleParameters()
        parameters[constant] = value
        #expect(throws: RuleError.self, "\(constant) \(value)") { try UpdateRules.make(name: name, parameters) }
      }
    }
    if RuleConstant.allCases.contains(where: { kind.defaults.parameters[$0] != nil }) {
      #expect(throws: RuleError.self) { try kind.init([:]) }
    }
  }

  @Test func sentencesNameFieldValueAndRange() throws {
    let error = #expect(throws: RuleError.self) { try UpdateRules.make(name: "adam", [.beta2: 1]) }
    #expect(error?.description == "beta2: 1.0 is not accepted; it must be a number from 0 up to, not including, 1")
  }

  @Test func parametersThatARuleDoesNotUseAreNotJudged() throws {
    _ = try UpdateRules.make(name: "sgd", [.momentum: 7, .beta1: 7, .epsilon: -7])
  }

  @Test func penaltiesAndRadii() throws {
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), l2: -1) }
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), l2: .nan) }
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), weightDecay: -1e-9) }
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), projection: .filter(radius: 0)) }
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), projection: .layer(radius: .infinity)) }
  }

  @Test(arguments: UpdateRules.names) func penaltiesThatARuleDoesNotTake(name: String) throws {
    let rule = try UpdateRules.make(name: name)
    if ["adamw", "lion", "lamb", "adamp", "sgdp", "riemannian-sgd"].contains(name) {
      #expect(throws: RuleError.l2NotTaken(value: 0.1, rule: name)) { try TensorUpdate(rule: rule, l2: 0.1) }
    } else {
      _ = try TensorUpdate(rule: rule, l2: 0.1)
    }
    if name == "riemannian-sgd" {
      #expect(throws: RuleError.weightDecayNotTaken(value: 0.1, rule: name)) {
        try TensorUpdate(rule: rule, weightDecay: 0.1)
      }
    } else {
      _ = try TensorUpdate(rule: rule, weightDecay: 0.1)
    }
  }
}
