package import Records
import EffectiveLearningRate

/// Claim 16: with decay the norm of the initial weights is forgotten; without decay it is not.
///
/// From w₀ (He normal) and 4 w₀ with the same hyperparameters, at equal times: with decay the mean norms after twice
/// the burn-in of 4 w₀, as G² settles more slowly than the norm, and without decay the last norms.
package struct StartIsForgotten: Claim {
  package let number = 16
  package let group = ClaimGroup.equilibrium
  package let statement = "With decay the norm forgets the initial scale; without, it remembers."
  package let source = "van Laarhoven 2017, arXiv:1706.05350, discussion; Li, Lyu and Arora 2020, arXiv:2010.02916"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let decaying = [Regime.nesterov.middle, Regime.adamW.middle]
    let free = [(Optimizer.nesterov, 0.03), (.adam, 1e-3)].map { Regime(optimizer: $0, learningRate: $1, decay: 0) }
    let pairs = (decaying + free).flatMap { regime in
      var (small, large) = (regime, regime)
      (small.scale, large.scale) = (1, 4)
      let burnIn = 2 * large.burnIn(in: setting)
      (small.fixedBurnIn, large.fixedBurnIn) = (burnIn, burnIn)
      return [small, large]
    }
    let settled = try laboratory.settle(pairs, in: setting)
    return stride(from: 0, to: pairs.count, by: 2).flatMap { index in
      let (small, large) = (settled[index], settled[index + 1])
      return small.layers.map { layer in
        pairs[index].decay > 0
          ? Finding(
            "\(large.regime) against 1, \(layer): ratio of settled norms", expected: "1",
            meanOf: ratios(large.norms(layer), small.norms(layer)), in: Margins.Equilibrium.forgottenNorm)
          : Finding(
            "\(large.regime) against 1, \(layer): ratio of last norms", expected: "above 1",
            meanOf: ratios(
              large.last(WeightNorm.name, .layer, layer), small.last(WeightNorm.name, .layer, layer)),
            in: Margins.Equilibrium.rememberedNorm ... .infinity)
      }
    }
  }
}
