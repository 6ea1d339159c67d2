import Optimization
import Parameters
import TestSupport
import Testing

/// `NormalizedGradient` is all there is to a rule, in one file; one line in `UpdateRules.all` would put it on the command
/// line. docs/extending.md shows it.
@Suite struct OwnRuleTests {
  @Test func thePageShowsTheFile() throws {
    #expect(
      try Repository.text("docs/extending.md").contains(Repository.code("Tests/TestSupport/NormalizedGradient.swift")))
  }

  @Test func itsDeclarationIsProvedLikeTheOthers() throws {
    for decay in [0, 0.25] {
      let proof = HomogeneityProof(kind: NormalizedGradient.self, weightDecay: decay)
      for offset in [-1, 0, 1] {
        #expect(try proof.holds(Float.self, alpha: 4, offset: offset) == (offset == 0))
        #expect(try proof.holds(Double.self, alpha: 0.5, offset: offset) == (offset == 0))
      }
    }
  }

  @Test func itTrainsATensor() throws {
    let rule = try NormalizedGradient([:])
    let update = try TensorUpdate(rule: rule, projection: .filter(radius: 5), weightDecay: 0.5)
    let tensor = TrainedTensor([3.0, 4, 0, 5], filterLength: 2, update: update)
    tensor.step([0, 8, 0, 0], learningRate: 1)
    // (1.5, 2) − (0, 1) and (0, 2.5), brought back to length 5.
    let length = (1.5 * 1.5 + 1).squareRoot()
    #expect(zip(tensor.weights, [7.5 / length, 5 / length, 0, 5]).allSatisfy { abs($0 - $1) < 1e-14 })
    #expect(tensor.sums.map(\.d2) == [1.5 * 1.5 + 9, 6.25])
    #expect(throws: RuleError.l2NotTaken(value: 1, rule: "normalized-gradient")) { try TensorUpdate(rule: rule, l2: 1) }
  }
}
