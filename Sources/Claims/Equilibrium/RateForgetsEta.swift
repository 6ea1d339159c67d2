package import Records
import EffectiveLearningRate

/// Claim 15: without decay four times η changes the last effective rate by less than 2; with it the angle follows
/// √(ηλ_d).
///
/// Without decay the norm grows until its initial value no longer matters; the runs start with a small norm
/// (`initialScale`) so that this happens within their length. With decay, λ_d and η are multiplied by 4 in turn, each
/// at the other fixed.
package struct RateForgetsEta: Claim {
  package let number = 15
  package let group = ClaimGroup.equilibrium
  package let statement = "Without decay η hardly changes the effective rate in the end; with it, the angle is ∝ √(ηλ)."
  package let source = "van Laarhoven 2017, arXiv:1706.05350; Arora, Li and Lyu 2018, arXiv:1812.03981"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let optimizers: [(Optimizer, Double)] = [(.nesterov, 0.03), (.adam, 1e-3)]
    let free = optimizers.flatMap { optimizer, rate in
      [1.0, 4].map { Regime(optimizer: optimizer, learningRate: $0 * rate, decay: 0) }
    }
    let family = Regime.nesterov
    let steeper = [family.ladder[1], family.ladder[3], family.ridge[1]]
    let base = [family.ladder[0], family.ladder[2], family.ladder[0]]
    let settled = try laboratory.settle(free + family.ladder + [family.ridge[1]], in: setting)
    func find(_ regime: Regime) -> Settlement { settled[settled.firstIndex { $0.regime == regime } ?? 0] }
    let withoutDecay = stride(from: 0, to: free.count, by: 2).flatMap { index in
      settled[index].layers.map { layer in
        Finding(
          "\(free[index + 1]) against η \(free[index].learningRate), \(layer): ratio of the last effective rates",
          expected: "about 1, not 4",
          meanOf: ratios(rates(settled[index + 1], layer), rates(settled[index], layer)),
          in: Margins.Equilibrium.rateWithoutDecay)
      }
    }
    let withDecay = zip(steeper, base).flatMap { steep, base in
      find(base).layers.map { layer in
        Finding(
          "\(steep) against η \(base.learningRate), λ_d \(base.decay), \(layer): ratio of angles", expected: "2",
          meanOf: ratios(find(steep).angles(layer), find(base).angles(layer)), in: Margins.Equilibrium.doubledAngle)
      }
    }
    return withoutDecay + withDecay
  }

  private func rates(_ settled: Settlement, _ layer: String) -> [Double] {
    settled.last(EffectiveRate.name, .p50, layer)
  }
}
