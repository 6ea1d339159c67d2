import Records
import EffectiveLearningRate
import Optimization
import Specification

/// Φ = η/(a‖w‖²), a = 1 − ηλ_d, is plain SGD's exact effective step: ‖w‖² grows by a²(1 + Φ²ḡ²) in a step, and Φ follows
/// from the Φ before.
struct StepLaws: Claim {
  let number = 5
  let group = ClaimGroup.exact
  let statement =
    "Under SGD with decay, ‖w‖ and the effective step follow their laws in every step, whatever the schedule."
  let source = "Arora, Li and Lyu 2018, arXiv:1812.03981, Lemma 2.4, with decay"

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let steps = setting.isReduced ? 20 : 100
    let metrics = [WeightNorm.name, RadiusLawResidual.name, StepRecursionResidual.name]
    var specs: [(String, Double, RunSpec)] = []
    for schedule in [ScheduleSpec.Name.constant, .cosine] {
      func change(_ spec: inout RunSpec) {
        spec.optimizer.name = .init(SGD.self)
        spec.l2 = 0.01
        spec.schedule.name = schedule
        spec.normalizationEpsilon = 0
      }
      specs.append(("float, \(schedule.rawValue) η", 1e-5, setting.exactSpec(steps: steps, metrics: metrics, change)))
      specs.append(
        ("double, \(schedule.rawValue) η", 1e-12, setting.exactDoubleSpec(steps: steps, metrics: metrics, change)))
    }
    let observations = try laboratory.train(specs.map(\.2))
    return zip(specs, observations).flatMap { spec, observation in
      [(RadiusLawResidual.name, "radius law"), (StepRecursionResidual.name, "recursion of Φ")].map { metric, name in
        Finding.atMost(
          spec.1, "\(spec.0): \(name), largest residual", observation.everywhere(metric, .max))
      }
    }
  }
}

extension Observation {
  /// A metric's values in all hidden layers.
  func everywhere(_ metric: MetricName, _ statistic: Statistic) -> [Double] {
    hiddenLayers.flatMap { metrics.values(of: metric, statistic: statistic, layer: $0) }
  }
}
