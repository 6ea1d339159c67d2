import Records
import Optimization
import Specification

/// A run without decay that uses, filter by filter, the effective rates of a run with decay is equal to that run in
/// function space: under plain SGD, decay changes nothing but the effective rate.
struct EffectiveRateTransplant: Claim {
  let number = 8
  let group = ClaimGroup.exact
  let statement = "A run without decay that follows the effective rates of one with decay has the same losses."
  let source = "Zhang et al. 2018, arXiv:1810.12281, mechanism 1, made exact"

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let steps = setting.isReduced ? 60 : 300
    let donor = setting.exactDoubleSpec(steps: steps) { spec in
      spec.optimizer.name = .init(SGD.self)
      spec.optimizer.learningRate = 0.05
      spec.l2 = 0.05
      spec.execution.recordRates = true
    }
    var plain = donor
    plain.l2 = 0
    plain.execution.recordRates = false
    let observations = try laboratory.train([donor, plain])
    var follower = plain
    follower.follow = observations[0].folder
    let followed = try laboratory.train(follower)
    return [
      .atMost(
        1e-9, "\(steps) losses: decay, and its rates without decay",
        [Comparison(observations[0].losses, followed.losses).absolute]),
      .bits("the same without following", observations[0].losses, observations[1].losses, shouldAgree: false),
    ]
  }
}
