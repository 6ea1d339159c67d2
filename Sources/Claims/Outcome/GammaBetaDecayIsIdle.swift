package import Records

/// Claim 22: decaying γ and β together with the weights does not change the test error.
///
/// At the best λ_d of one η, paired by seed, by TOST.
package struct GammaBetaDecayIsIdle: Claim {
  package let number = 22
  package let group = ClaimGroup.outcome
  package let statement = "Regularizing γ and β does not affect the test error."
  package let source = "van Laarhoven 2017, arXiv:1706.05350, experiments"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let plain = Recipe(
      optimizer: .nesterov, learningRate: Margins.Outcome.sweepRate, decay: Margins.Outcome.gammaBetaDecay)
    var decaying = plain
    decaying.decaysGammaBeta = true
    let errors = try laboratory.errors(of: [plain, decaying], in: setting)
    return [
      Finding(
        equal: "\(decaying), against none: difference of test errors", errors[decaying] ?? [], errors[plain] ?? [],
        within: Margins.Outcome.gammaBeta)
    ]
  }
}

extension Finding {
  /// Equivalence of the errors of the same seeds by paired TOST.
  init(equal subject: String, _ a: [Double], _ b: [Double], within margin: Double) {
    let difference = Estimate(pairedDifference: a, b)
    self.init(
      "\(subject) (\(percent(a)), \(percent(b)))", expected: "0", difference,
      tolerance: "TOST within ±\(text(margin)), p < \(Margins.level)",
      holds: difference.equivalence(within: margin) < Margins.level, accepted: -margin...margin)
  }
}
