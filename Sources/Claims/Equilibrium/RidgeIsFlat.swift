package import Records
import Foundation

/// Claim 14: η and λ act as one hyperparameter: settings with equal η λ_d (SGD, AdamW) or η² λ_d (Adam with coupled
/// decay) have equal angular updates and training losses.
///
/// Three (η, λ_d) on the ridge, all from the same initial weights (scaling these with the ridge would make the runs
/// equal bit by bit, which is another claim). The loss is the mean after the burn-in; its logarithm is compared with
/// that of the middle setting, paired by seed, by TOST. A quarter of λ_d at the middle's η, off the ridge, must differ
/// by a paired t test, after Holm's correction over the optimizers.
package struct RidgeIsFlat: Claim {
  package let number = 14
  package let group = ClaimGroup.equilibrium
  package let statement = "Along ηλ = const (SGD, AdamW) or η²λ = const (Adam with L2) angle and training loss stay."
  package let source = "van Laarhoven 2017, arXiv:1706.05350 (effective rate); Li, Lyu and Arora 2020, arXiv:2010.02916"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let families = setting.isReduced ? [Regime.nesterov] : Regime.families
    let settled = try laboratory.settle(
      families.flatMap { [$0.middle, $0.offRidge] + $0.ridge }, in: setting,
      seeds: setting.seeds(atLeast: Margins.Equilibrium.ridgeSeeds))
    let groups = families.map { family in settled.filter { $0.regime.optimizer == family.middle.optimizer } }
    let onRidge = groups.flatMap { group in group[2...].flatMap { Self.equal($0, group[0]) } }
    let distances = groups.map { Self.logRatio($0[1], $0[0]) }
    let significances = holmCorrected(distances.map(\.significance))
    let offRidge = zip(groups, zip(distances, significances)).flatMap { group, test in
      Self.different(group[1], group[0], test.0, significance: test.1)
    }
    return onRidge + offRidge
  }

  private static func equal(_ point: Settlement, _ middle: Settlement) -> [Finding] {
    let distance = logRatio(point, middle)
    let margin = log(1 + Margins.Equilibrium.ridgeLoss)
    return angles(point, middle, isOnRidge: true) + [
      Finding(
        "\(point.regime): log(loss / middle's)", expected: "0", distance,
        tolerance: "TOST within ±\(text(margin)), p < \(Margins.level)",
        holds: distance.equivalence(within: margin) < Margins.level, accepted: -margin...margin)
    ]
  }

  private static func different(
    _ point: Settlement, _ middle: Settlement, _ distance: Estimate, significance: Double
  ) -> [Finding] {
    angles(point, middle, isOnRidge: false) + [
      Finding(
        "off the ridge, \(point.regime): log(loss / middle's)", expected: "not 0", distance,
        tolerance: "p < \(Margins.level) after Holm, here \(text(significance))", holds: significance < Margins.level)
    ]
  }

  private static func angles(_ point: Settlement, _ middle: Settlement, isOnRidge: Bool) -> [Finding] {
    middle.layers.map { layer in
      let estimate = Estimate(meanOf: ratios(point.angles(layer), middle.angles(layer)))
      let accepted = about(1, Margins.Equilibrium.ridgeAngle)
      let (low, high) = (text(accepted.lowerBound), text(accepted.upperBound))
      return Finding(
        "\(isOnRidge ? "" : "off the ridge, ")\(point.regime), \(layer): angle / middle's",
        expected: isOnRidge ? "1" : "not 1", estimate, tolerance: "\(isOnRidge ? "" : "not ")\(low) to \(high)",
        holds: estimate.value.isFinite && accepted.contains(estimate.value) == isOnRidge,
        accepted: isOnRidge ? accepted : nil)
    }
  }

  private static func logRatio(_ a: Settlement, _ b: Settlement) -> Estimate {
    Estimate(meanOf: ratios(a.losses, b.losses).map(log))
  }
}
