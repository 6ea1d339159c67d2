import Optimization
import Parameters
import Testing

@Suite struct UpdateRulesTests {
  @Test func namesAreThoseOfThePlans() {
    #expect(UpdateRules.names == ["sgd", "heavy-ball", "nesterov", "adam", "adamw"])
  }

  @Test(arguments: UpdateRules.names) func everyNameMakesItsRule(name: String) throws {
    let rule = try UpdateRules.make(name: name)
    #expect(type(of: rule).name == name)
    #expect(rule.scope == .filter)
    #expect(Set(rule.memoryNames).count == rule.memoryNames.count)
  }

  @Test func unknownRuleNamesTheKnown() {
    #expect(throws: RuleError.unknownRule("adma")) { try UpdateRules.make(name: "adma") }
    #expect(
      RuleError.unknownRule("adma").description
        == "rule: there is no update rule \"adma\"; there are sgd, heavy-ball, nesterov, adam, adamw")
  }

  @Test(arguments: [1, -0.1, 1.5, .nan, .infinity]) func averagesOutOfRange(value: Double) {
    for name in ["heavy-ball", "nesterov"] {
      #expect(throws: RuleError.self) { try UpdateRules.make(name: name, momentum: value) }
    }
    for name in ["adam", "adamw"] {
      #expect(throws: RuleError.self) { try UpdateRules.make(name: name, beta1: value) }
      #expect(throws: RuleError.self) { try UpdateRules.make(name: name, beta2: value) }
    }
  }

  @Test(arguments: [0, -1e-8, .nan, .infinity]) func epsilonOutOfRange(value: Double) {
    #expect(throws: RuleError.self) { try UpdateRules.make(name: "adam", epsilon: value) }
  }

  @Test func sentencesNameFieldValueAndRange() throws {
    let error = #expect(throws: RuleError.self) { try UpdateRules.make(name: "adam", beta2: 1) }
    #expect(error?.description == "beta2: 1.0 is not accepted; it must be at least 0 and below 1")
  }

  @Test func parametersThatARuleDoesNotUseAreNotJudged() throws {
    _ = try UpdateRules.make(name: "sgd", momentum: 7, beta1: 7, beta2: 7, epsilon: -7)
  }

  @Test func penaltiesAndRadii() throws {
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), l2: -1) }
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), l2: .nan) }
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), weightDecay: -1e-9) }
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), projection: .filter(radius: 0)) }
    #expect(throws: RuleError.self) { try TensorUpdate(rule: SGD(), projection: .layer(radius: .infinity)) }
    let adamW = try UpdateRules.make(name: "adamw")
    #expect(throws: RuleError.l2NotTaken(value: 0.1, rule: "adamw")) { try TensorUpdate(rule: adamW, l2: 0.1) }
    _ = try TensorUpdate(rule: adamW, weightDecay: 0.1)
  }
}
