import EffectiveLearningRate
import Foundation
import Optimization
import TestSupport
import Testing

/// A rule of one's own has the exact laws that it declares, and no file but its own says so.
@Suite struct OwnRuleLawTests {
  private func loop(projection: Projection = .none, weightDecay: Double = 0) throws -> ScaleInvariantLoop {
    ScaleInvariantLoop(
      update: try TensorUpdate(rule: NormalizedGradient([:]), projection: projection, weightDecay: weightDecay),
      learningRate: { 0.1 + 0.05 * cos(Double($0) / 11) })
  }

  @Test func itsLawHolds() throws {
    var loop = try loop()
    #expect(try #require(loop.headline(MomentumLawResidual.self)) <= 1e-12)
    loop.leak = 1e-3
    #expect(try #require(loop.headline(MomentumLawResidual.self)) > 1e-6, "a gradient along the weights breaks it")
  }

  @Test func itIsUndefinedWhereItDoesNotHold() throws {
    #expect(try loop(weightDecay: 0.1).headline(MomentumLawResidual.self) == nil)
    #expect(try loop(projection: .filter(radius: 1)).headline(MomentumLawResidual.self) == nil)
    #expect(try loop().headline(RadiusLawResidual.self) == nil, "which it does not declare")
  }

  /// Every declaration is proved on a run of 200 steps; a rule that declares no law has no residual.
  @Test(arguments: UpdateRules.names) func declaredLawsHold(name: String) throws {
    let rule = try UpdateRules.make(name: name)
    let loop = ScaleInvariantLoop(
      update: try TensorUpdate(rule: rule), learningRate: { 0.02 + 0.01 * cos(Double($0) / 11) })
    let radius = loop.headline(RadiusLawResidual.self)
    let momentum = loop.headline(MomentumLawResidual.self)
    #expect((radius != nil) == rule.exactLaws.radius && (momentum != nil) == (rule.exactLaws.momentum != nil))
    #expect([radius, momentum].allSatisfy { ($0 ?? 0) <= 1e-12 })
  }
}
