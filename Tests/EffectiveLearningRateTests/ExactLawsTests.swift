import EffectiveLearningRate
import Foundation
import Optimization
import Testing

/// The laws of van Laarhoven's model on real little runs in `Double`: they hold to rounding, and only where they should.
@Suite struct ExactLawsTests {
  static func loop(
    _ rule: String, momentum: Double = 0.9, l2: Double = 0, weightDecay: Double = 0,
    projection: Projection = .none, constant: Bool = false
  ) throws -> ScaleInvariantLoop {
    let rule = try UpdateRules.make(name: rule, [.momentum: momentum])
    return ScaleInvariantLoop(
      update: try TensorUpdate(rule: rule, projection: projection, l2: l2, weightDecay: weightDecay),
      // Falls and rises, by small primes so that nothing repeats.
      learningRate: { constant ? 0.1 : 0.1 + 0.05 * cos(Double($0) / 11) })
  }

  @Test(arguments: [(0.0, 0.0), (0.05, 0), (0, 0.2), (0.05, 0.2)], [true, false])
  func radiusAndRecursion(decay: (l2: Double, weightDecay: Double), constant: Bool) throws {
    let loop = try Self.loop("sgd", l2: decay.l2, weightDecay: decay.weightDecay, constant: constant)
    #expect(try #require(loop.headline(RadiusLawResidual.self)) <= 1e-12)
    #expect(try #require(loop.headline(StepRecursionResidual.self)) <= 1e-12)
  }

  @Test func aGradientThatIsNotTangentialBreaksThem() throws {
    var loop = try Self.loop("sgd", l2: 0.05)
    loop.leak = 1e-3
    #expect(try #require(loop.headline(RadiusLawResidual.self)) > 1e-6)
    #expect(try #require(loop.headline(StepRecursionResidual.self)) > 1e-6)
  }

  /// A window of one step has no step of its own to compare with: the residual comes from the window before.
  @Test func theyReachOverTheBorderOfAWindow() throws {
    var loop = try Self.loop("sgd", l2: 0.05)
    loop.window = 1
    loop.leak = 1e-3
    let (windows, context) = loop.run(5)
    #expect(windows[0].steps == 1 && windows[0].transitions == 1)
    #expect(try #require(Metrics.headline(RadiusLawResidual.self, of: windows, in: context)) > 1e-6)
    #expect(loop.headline(RadiusLawResidual.self, steps: 1) == nil, "before the first step there is none")
  }

  @Test(arguments: [("sgd", 0.0), ("momentum", 0.5), ("momentum", 0.9)], [true, false])
  func momentum(rule: (name: String, momentum: Double), constant: Bool) throws {
    let loop = try Self.loop(rule.name, momentum: rule.momentum, constant: constant)
    #expect(try #require(loop.headline(MomentumLawResidual.self)) <= 1e-12)
    var broken = loop
    broken.leak = 1e-3
    #expect(try #require(broken.headline(MomentumLawResidual.self)) > 1e-6)
  }

  @Test func undefinedElsewhere() throws {
    for (rule, l2, projection) in [
      ("momentum", 0.01, Projection.none), ("adam", 0, .none), ("sgd", 0, .filter(radius: 1)),
      ("nesterov", 0, .none),
    ] {
      let loop = try Self.loop(rule, l2: l2, projection: projection)
      for metric: any GroupMetric.Type in [
        RadiusLawResidual.self, StepRecursionResidual.self, MomentumLawResidual.self, ExactEffectiveStep.self,
      ] {
        #expect(loop.headline(metric) == nil, "\(metric) for \(rule)")
      }
    }
    #expect(try Self.loop("sgd", l2: 0.1).headline(MomentumLawResidual.self) == nil, "decay")
    #expect(try Self.loop("momentum").headline(RadiusLawResidual.self) == nil, "momentum")
  }

  @Test func weightsGrowWithoutDecayAndShrinkWithMuch() throws {
    #expect(try #require(try Self.loop("sgd").headline(NormGrowth.self)) > 0)
    #expect(try #require(try Self.loop("momentum").headline(NormGrowth.self)) > 0)
    #expect(try #require(try Self.loop("sgd", l2: 2).headline(NormGrowth.self)) < 0)
  }

  @Test func projectedWeightsLieOnTheirSphere() throws {
    let loop = try Self.loop("sgd", projection: .filter(radius: 3))
    #expect(try #require(loop.headline(ProjectionResidual.self)) <= 1e-15)
    #expect(try #require(loop.headline(ProjectionResidual.self, steps: 1)) > 0.1, "before the first projection")
    #expect(try Self.loop("sgd").headline(ProjectionResidual.self) == nil)
  }

  /// For plain SGD three definitions of the effective rate differ by a = 1 − ηλ_d alone.
  @Test func definitionsOfTheEffectiveRateAgree() throws {
    var loop = try Self.loop("sgd", l2: 0.05, constant: true)
    loop.window = 1
    let (windows, context) = loop.run(50)
    let rate = try #require(Metrics.headline(EffectiveRate.self, of: windows, in: context))
    let empirical = try #require(Metrics.headline(EmpiricalEffectiveRate.self, of: windows, in: context))
    let exact = try #require(Metrics.headline(ExactEffectiveStep.self, of: windows, in: context))
    #expect(abs(empirical / rate - 1) < 1e-12)
    #expect(abs(exact * (1 - 0.1 * 0.1) / rate - 1) < 1e-12)
  }
}
