import Records
import Foundation
import Optimization
import Specification

/// SGD with constant η and decay λ_d equals, in function space, SGD without decay at the learning rate η(1 −
/// ηλ_d)^−(2t+1) in step t = 0, 1, …: decay acts as an exponentially growing learning rate.
///
/// γ, β and the head are frozen, since the schedule would act on them too. The rate of the run without decay is a step
/// schedule that changes after every step.
struct DecayIsExponentialRate: Claim {
  let number = 7
  let group = ClaimGroup.exact
  let statement = "Decay at constant η is, in function space, an exponentially growing η without decay."
  let source = "Li and Arora 2019, arXiv:1910.07454"

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let (rate, decay) = (0.05, 0.02)
    let steps = setting.isReduced ? 60 : 300
    let kept = 1 - rate * decay
    let base = setting.exactDoubleSpec(steps: steps) { spec in
      spec.optimizer.name = .init(SGD.self)
      // Two microbatches, so that it matters whether decay is applied to each or once.
      spec.microbatch = spec.batch / 2
      spec.freezeAllButWeights()
    }
    var decayed = base
    decayed.optimizer.learningRate = rate
    decayed.l2 = decay / 2
    var growing = base
    growing.optimizer.learningRate = rate / kept
    growing.l2 = 0
    growing.schedule.name = .step
    growing.schedule.every = 1
    growing.schedule.factor = 1 / (kept * kept)
    var plain = decayed
    plain.l2 = 0
    let losses = try laboratory.train([decayed, growing, plain]).map(\.losses)
    return [
      .atMost(
        1e-9, "\(steps) losses, ηλ_d = \(Comparison.text(of: rate * decay)): decay and growing η",
        [Comparison(losses[0], losses[1]).absolute]),
      .bits("the same without decay and with constant η", losses[0], losses[2], shouldAgree: false),
    ]
  }
}
