import Records
import Parameters

/// Claims 1 to 3 under weight, layer, group and RMS norm, each with its own groups; a bias before the last three breaks
/// them.
struct OtherNormalizations: Claim {
  let number = 29
  let group = ClaimGroup.exact
  let statement = "Weight, layer, group and RMS norm make their own groups scale-invariant; a bias before them ends it."
  let source = "van Laarhoven 2017, arXiv:1706.05350, section 2"

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    try [Normalization.weight, .layer, .group, .rms].flatMap { try findings(in: laboratory, setting, $0, bias: false) }
      + [Normalization.layer, .group, .rms].flatMap { try findings(in: laboratory, setting, $0, bias: true) }
  }

  private func findings(
    in laboratory: any Laboratory, _ setting: Setting, _ normalization: Normalization, bias: Bool
  ) throws -> [Finding] {
    try ForwardInvariance.findings(in: laboratory, setting, normalization, bias: bias)
      + PenaltyScaling.findings(in: laboratory, setting, normalization, bias: bias)
      + GradientScaling.findings(in: laboratory, setting, normalization, bias: bias)
  }
}
