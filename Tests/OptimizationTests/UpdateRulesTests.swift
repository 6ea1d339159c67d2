import Optimization
import Parameters
import TestSupport
import Testing

@Suite struct UpdateRulesTests {
  /// Plans and records of runs name them.
  @Test func namesStayAsTheyAre() {
    let written = [
      "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "signsgd", "lion", "lars", "lamb", "adamp", "sgdp",
      "riemannian-sgd",
    ]
    #expect(Set(written).isSubset(of: UpdateRules.names))
    let all = UpdateRules.all.flatMap { [$0.name] + $0.formerNames }
    #expect(Set(all).count == all.count)
  }

  @Test(arguments: UpdateRules.names) func everyNameMakesItsRule(name: String) throws {
    let rule = try UpdateRules.make(name: name)
    #expect(type(of: rule).name == name)
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
    for constant in kind.defaults.parameters.constants {
      for value in [-1, -0.1, 0, 1, 1.5, .nan, .infinity] where !constant.range.contains(value) {
        var parameters = RuleParameters()
        parameters[constant] = value
        #expect(throws: RuleError.self, "\(constant) \(value)") { try UpdateRules.make(name: name, parameters) }
      }
    }
    if !kind.defaults.parameters.constants.isEmpty {
      #expect(throws: RuleError.self) { try kind.init([:]) }
    }
  }

  /// (what no constant of this kind may be, the nearest that it may)
  @Test(arguments: [
    (RuleConstant.momentum, [1, -0.1], [0, 0.99]), (.beta1, [1, -0.1], [0, 0.99]), (.beta2, [1.5, -0.1], [0, 0.999]),
    (.epsilon, [0, -1e-8], [1e-30]), (.trustCoefficient, [0, -1], [1e-3, 2]), (.delta, [-0.1], [0, 2]),
    (.weightDecayRatio, [-0.1, 1.5], [0, 1]), (.clip, [-1], [0, 7]),
  ])
  func ranges(constant: RuleConstant, refused: [Double], accepted: [Double]) {
    #expect(!refused.contains(where: constant.range.contains) && accepted.allSatisfy(constant.range.contains))
  }

  /// The common ones come first, and no rule has one that plans cannot name.
  @Test func constantsAreInTheOrderOfHelp() {
    let all = RuleConstant.allCases
    #expect(all.prefix(4) == [.momentum, .beta1, .beta2, .epsilon])
    #expect(
      Set(all) == Set(UpdateRules.all.flatMap { $0.defaults.parameters.constants }) && Set(all).count == all.count)
  }

  /// A rule whose scope is a filter takes the same steps, in every bit, wherever a tensor is cut between filters; another
  /// does not.
  @Test(arguments: UpdateRules.names) func scope(name: String) throws {
    let rule = try UpdateRules.make(name: name)
    // Of the first filter the gradient is orthogonal to the weights, of the others and of the whole it is not.
    let (weights, gradient) = ([3.0, -1, 2, 0.5, 1, 4], [0.25, 0.75, 0.02, 1, -0.25, 0.5])
    func trained(_ filters: Range<Int>) throws -> [Double] {
      let update = try TensorUpdate(rule: rule, weightDecay: type(of: rule).takesWeightDecay ? 0.125 : 0)
      let elements = filters.lowerBound * 2..<filters.upperBound * 2
      let tensor = TrainedTensor(Array(weights[elements]), filterLength: 2, update: update)
      for _ in 0..<3 { tensor.step(Array(gradient[elements]), learningRate: 0.0625) }
      return tensor.weights
    }
    #expect((try trained(0..<3) == trained(0..<1) + trained(1..<3)) == (rule.scope == .filter))
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
    if ["adamw", "lion", "lamb", "adamp", "sgdp", "riemannian-sgd"].contains(name) { #expect(!type(of: rule).takesL2) }
    if type(of: rule).takesL2 {
      _ = try TensorUpdate(rule: rule, l2: 0.1)
    } else {
      #expect(throws: RuleError.l2NotTaken(value: 0.1, rule: name)) { try TensorUpdate(rule: rule, l2: 0.1) }
    }
    if !type(of: rule).takesWeightDecay {
      #expect(throws: RuleError.weightDecayNotTaken(value: 0.1, rule: name)) {
        try TensorUpdate(rule: rule, weightDecay: 0.1)
      }
    } else {
      _ = try TensorUpdate(rule: rule, weightDecay: 0.1)
    }
  }
}
