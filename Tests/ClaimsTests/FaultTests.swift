import Claims
import EffectiveLearningRate
import Optimization
import Parameters
import Records
import Specification
import TestSupport
import Testing

/// Claims that cannot fail prove nothing: each of the exact ones meets a system with the fault that it is there to find.
@Suite("The exact claims", .serialized)
struct FaultTests {
  private static let faults: [Fault] = [
    Fault(description: "the normalization's ε is not scaled", claim: 1) { spec in
      guard spec.initScale != 1, spec.optimizer.name.rawValue == "nesterov", spec.steps == 1,
        (spec.groups.weights.l2 ?? 1) > 1e-6
      else {
        return spec
      }
      return spec.with { $0.normalizationEpsilon = nil }
    },
    Fault(
      description: "the penalty is λ‖w‖", claim: 2,
      falsify: { observation in
        let lambda = observation.spec.groups.weights.l2 ?? 0
        return observation.mapping(Penalty.name) { ($0 * lambda).squareRoot() }
      }),
    Fault(description: "a gradient carries a penalty that was not asked for", claim: 3) { spec in
      spec.steps == 1 && spec.optimizer.name.rawValue == "sgd" && spec.l2 == 0
        ? spec.with { ($0.l2, $0.groups.weights.l2) = (0.01, 0.01) } : spec
    },
    Fault(description: "Adam's exponent is 2", claim: 4) { spec in
      spec.optimizer.name.rawValue == "adam" && spec.initScale != 1
        ? spec.with { $0.groups.weights.learningRate = spec.groups.weights.learningRate.map { $0 * 4 } } : spec
    },
    Fault(description: "momentum where none was asked for", claim: 5) { spec in
      spec.optimizer.name.rawValue == "sgd" && spec.l2 == 0.01 && spec.normalizationEpsilon == 0
        && spec.optimizer.learningRate == nil
        ? spec.with { $0.optimizer.name = .init(Momentum.self) } : spec
    },
    Fault(description: "decay where none was asked for", claim: 6) { spec in
      spec.l2 == 0 && spec.optimizer.learningRate == nil && spec.precision == .double && spec.steps != 1
        ? spec.with { $0.l2 = 0.05 } : spec
    },
    Fault(description: "decay is applied to every microbatch before they are summed", claim: 7) { spec in
      spec.groups.head.learningRate == 0 && spec.projection == .none
        ? spec.with { $0.l2 = spec.l2.map { $0 * Double(spec.microbatchCount) } } : spec
    },
    Fault(description: "the donor's rates are not followed", claim: 8) { spec in spec.with { $0.follow = nil } },
    Fault(description: "projection by layer where filter was asked for", claim: 9) { spec in
      spec.projection == .filter ? spec.with { $0.projection = .layer } : spec
    },
    Fault(description: "with several workers, microbatches are larger", claim: 10) { spec in
      spec.execution.workers > 1 ? spec.with { $0.microbatch = 28 } : spec
    },
  ]

  @Test("hold for the system under other normalizations, too")
  func otherNormalizations() throws {
    let folder = try TemporaryFolder()
    var setting = Setting(seeds: 1, isReduced: true)
    setting.launcher = .threads
    let verdicts = try Claims.judge(
      Claims.all.filter { $0.number == 29 }, in: RunLaboratory(folder: folder.path)
    ) { _ in setting }
    #expect(verdicts.map(\.claim) == [29] && verdicts.allSatisfy(\.holds))
  }

  @Test("hold for the system, and each fault turns exactly its own claim red")
  func faults() throws {
    let folder = try TemporaryFolder()
    let laboratory = RememberingLaboratory(try RunLaboratory(folder: folder.path))
    var setting = Setting(seeds: 1, isReduced: true)
    setting.launcher = .threads
    let claims = Claims.all.filter { (1...10).contains($0.number) }
    #expect(claims.count == 10)
    func red(_ laboratory: any Laboratory) throws -> [Int] {
      try Claims.judge(claims, in: laboratory) { _ in setting }.filter { !$0.holds }.map(\.claim)
    }
    #expect(try red(laboratory) == [])
    for fault in Self.faults {
      let found = try red(TamperingLaboratory(inner: laboratory, fault: fault))
      #expect(found == [fault.claim], "\(fault)")
    }
    #expect(Self.faults.map(\.claim) == Array(1...10))
  }

  @Test("without a normalization, scaling the weights is no symmetry, and claims 1 to 4 say so")
  func withoutNormalization() throws {
    let folder = try TemporaryFolder()
    let control = Fault(description: "no normalization", claim: 0) { spec in
      spec.with {
        $0.normalization = .none
        // There it would turn nothing, and is refused.
        if $0.optimizer.name.rule.requiresFilterInvariance { $0.optimizer.name = .init(Momentum.self) }
        $0.normalizationEpsilon = nil
      }
    }
    let laboratory = TamperingLaboratory(
      inner: RememberingLaboratory(try RunLaboratory(folder: folder.path)), fault: control)
    var setting = Setting(seeds: 1, isReduced: true)
    setting.launcher = .threads
    let verdicts = try Claims.judge(
      Claims.all.filter { (1...4).contains($0.number) }, in: laboratory, { _ in setting })
    #expect(verdicts.map(\.holds) == [false, false, false, false])
  }
}

extension RunSpec {
  fileprivate func with(_ change: (inout RunSpec) -> Void) -> RunSpec {
    var spec = self
    change(&spec)
    return spec
  }
}

extension Observation {
  /// With one metric's values changed.
  fileprivate func mapping(_ metric: MetricName, _ change: (Double) -> Double) -> Observation {
    Observation(
      spec: spec, folder: folder, result: result, metrics: metrics.mapping(metric, change))
  }
}
