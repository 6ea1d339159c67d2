import Records
import Optimization
import Specification

/// The exponent p in η/‖w‖^p of every rule: a run from 4·w₀ with η·4^p is the same in function space, and with another
/// exponent it is not.
struct EffectiveRateExponents: Claim {
  let number = 4
  let group = ClaimGroup.exact
  let statement =
    "The effective rate is η/‖w‖² for SGD, η/‖w‖ for Adam and its kin, and η for rules with a trust ratio."
  let source = "van Laarhoven 2017, arXiv:1706.05350, section 3; extended to later rules by homogeneity"

  let picture: ClaimPicture? = ClaimPicture(
    x: .init("exponent of 4 that η is multiplied by, less the rule's p"),
    y: .init("relative difference of the losses", logarithmic: true),
    caption:
      "Runs from 4·w₀ against the run from w₀: with 4^p·η their losses are equal in every bit, with the exponents "
      + "beside p they are not.")

  private static let alpha = 4.0
  /// Steps of the runs that must not agree.
  private static let wrongSteps = 20

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let steps = setting.isReduced ? 30 : 200
    let bases = UpdateRules.all.flatMap { rule in
      Self.penalties(of: rule).map { penalty in
        (
          penalty.name,
          setting.exactSpec(steps: steps) { spec in
            spec.optimizer.name = .init(rule)
            spec.l2 = penalty.l2
            spec.weightDecay = penalty.weightDecay
          }
        )
      }
    }
    let specs = try bases.flatMap { _, base in
      let p = try base.optimizer.make().homogeneity.exponent
      return try [base, base.scaled(by: Self.alpha)]
        + [p - 1, p + 1].map { exponent in
          // A difference shows early.
          var spec = try base.scaled(by: Self.alpha, exponent: exponent)
          spec.steps = min(steps, Self.wrongSteps)
          return spec
        }
    }
    let losses = try laboratory.train(specs).map(\.losses)
    return try bases.enumerated().flatMap { index, entry in
      let p = try entry.1.optimizer.make().homogeneity.exponent
      let runs = losses[(4 * index)..<(4 * index + 4)].map(\.self)
      let start = Array(runs[0].prefix(Self.wrongSteps))
      return [
        Finding.bits("\(entry.0): \(steps) losses from 4·w₀ with 4^\(p)·η", runs[0], runs[1]).drawn(entry.0, x: 0),
        .bits("\(entry.0): with 4^\(p - 1)·η", start, runs[2], shouldAgree: false).drawn(entry.0, x: -1),
        .bits("\(entry.0): with 4^\(p + 1)·η", start, runs[3], shouldAgree: false).drawn(entry.0, x: 1),
      ]
    }
  }

  /// Every kind of penalty that the rule supports.
  private static func penalties(of rule: any UpdateRule.Type) -> [(name: String, l2: Double, weightDecay: Double)] {
    var kinds: [(String, Double, Double)] = []
    if rule.takesL2 { kinds.append(("\(rule.name), l2", 0.0078125, 0)) }
    if rule.takesWeightDecay { kinds.append(("\(rule.name), weightDecay", 0, 0.015625)) }
    return kinds.isEmpty ? [(rule.name, 0, 0)] : kinds
  }
}
