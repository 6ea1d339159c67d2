package import Records

/// Claim 18: four times the batch, in four microbatches as four workers would compute them, keeps the angle and scales
/// the norm as G²^¼.
///
/// G² is measured in the run, so norm / predicted norm is compared, which contains the power of G².
package struct BatchKeepsAngle: Claim {
  package let number = 18
  package let group = ClaimGroup.equilibrium
  package let statement =
    "A larger batch at the same η and λ keeps the angle, and moves the norm as the fourth root of G²."
  package let source = "Wan et al. 2020, arXiv:2006.08419"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let one = Regime.nesterov.middle
    var four = one
    four.microbatches = 4
    let settled = try laboratory.settle([one, four], in: setting)
    let (small, large) = (settled[0], settled[1])
    return small.layers.flatMap { layer in
      let relative = [large, small].map { ratios($0.norms(layer), $0.predictedNorms(layer)) }
      return [
        Finding(
          "\(four) against ×1, \(layer): ratio of angles", expected: "1",
          meanOf: ratios(large.angles(layer), small.angles(layer)), in: about(1, Margins.Equilibrium.batchAngle)),
        Finding(
          "\(four) against ×1, \(layer): ratio of norms / ratio of G²^¼", expected: "1",
          meanOf: ratios(relative[0], relative[1]), in: about(1, Margins.Equilibrium.batchNorm)),
      ]
    }
  }
}
