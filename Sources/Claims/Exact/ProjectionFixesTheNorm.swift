import Records
import EffectiveLearningRate
import Optimization
import Specification

/// Projection keeps ‖w_f‖ = 1, and λ then only rescales η: a step with λ equals one without λ at η/(1 − ηλ_d).
struct ProjectionFixesTheNorm: Claim {
  let number = 9
  let group = ClaimGroup.exact
  let statement = "Projection fixes every filter's norm, and the rate no longer depends on λ but through η/(1 − ηλ_d)."
  let source = "van Laarhoven 2017, arXiv:1706.05350, section 5.5"

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let steps = setting.isReduced ? 30 : 200
    let (rate, decay) = (0.03125, 0.5)
    let base = setting.exactDoubleSpec(steps: steps, metrics: [WeightNorm.name]) { spec in
      spec.optimizer.name = .init(SGD.self)
      spec.optimizer.learningRate = rate
      spec.projection = .filter
      spec.freezeAllButWeights()
    }
    var kept = base
    kept.l2 = decay / 2
    kept.projectionKeepsL2 = true
    var without = base
    without.l2 = 0
    without.optimizer.learningRate = rate / (1 - rate * decay)
    var unchanged = without
    unchanged.optimizer.learningRate = rate
    let observations = try laboratory.train([kept, without, unchanged])
    let norms = [Statistic.min, .max].flatMap { observations[0].everywhere(WeightNorm.name, $0) }
    let losses = observations.map(\.losses)
    return [
      .atMost(1e-6, "‖w_f‖ − 1, every filter and step", norms.map { $0 - 1 }),
      .atMost(
        1e-9, "\(steps) losses: λ kept, and λ = 0 at η/(1 − ηλ_d)", [Comparison(losses[0], losses[1]).absolute]),
      .bits("the same at η", losses[0], losses[2], shouldAgree: false),
    ]
  }
}
