import Records
import EffectiveLearningRate
import Optimization
import Specification

/// Without decay every SGD step increases the norm: ‖w_{t+1}‖² = ‖w_t‖² + η²‖g_t‖²; with momentum by more, by a known
/// formula.
struct NormGrowthWithoutDecay: Claim {
  let number = 6
  let group = ClaimGroup.exact
  let statement = "Without decay, ‖w‖ grows in every step of SGD by exactly the step's length, squares added."
  let source = "Arora, Li and Lyu 2018, arXiv:1812.03981, Lemma 2.4; with momentum Heo et al. 2020, arXiv:2006.08217"

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let steps = setting.isReduced ? 20 : 100
    let metrics = [WeightNorm.name, NormGrowth.name, RadiusLawResidual.name, MomentumLawResidual.name]
    let observations = try laboratory.train(
      [OptimizerSpec.Name(SGD.self), OptimizerSpec.Name(Momentum.self)].map { rule in
        setting.exactDoubleSpec(steps: steps, metrics: metrics) { spec in
          spec.optimizer.name = rule
          spec.l2 = 0
        }
      })
    let least = observations[0].everywhere(NormGrowth.name, .min).min()
    return [
      Finding(
        "sgd: least growth of ‖w‖² in a step, relative", expected: "not negative", value: least,
        measured: least.map(Comparison.text) ?? "nothing", tolerance: "none", holds: least.map { $0 >= 0 } ?? false),
      .atMost(1e-12, "sgd: ‖w‖² + η²‖g‖², largest residual", observations[0].everywhere(RadiusLawResidual.name, .max)),
      .atMost(
        1e-12, "momentum: law with momentum, largest residual",
        observations[1].everywhere(MomentumLawResidual.name, .max)),
    ]
  }
}
