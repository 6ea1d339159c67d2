package import Records
import Specification

/// Claim 19: decay has no regularizing effect in function space: a run without it that takes the effective rates of a
/// run with it, filter by filter and step by step, ends at the same test error.
///
/// The recorded rates are η/‖w‖² of the donor's filters; with momentum, older gradients were taken at older norms, so
/// the copy is approximate (exact under plain SGD: claim 8). The run at its own rates is reported too.
package struct DecayIsItsRate: Claim {
  package let number = 19
  package let group = ClaimGroup.outcome
  package let statement = "Weight decay does what its effective rates do, and nothing else, to the test error."
  package let source = "Zhang et al. 2018, arXiv:1810.12281, mechanism 1"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let seeds = 1...setting.seeds(atLeast: Margins.Outcome.seeds)
    let decaying = Recipe(
      optimizer: .nesterov, learningRate: Margins.Outcome.sweepRate, decay: Margins.Outcome.transplantDecay)
    var plain = decaying
    plain.decay = 0
    let donors = try laboratory.train(seeds.map { Self.recorded(decaying.spec(in: setting, seed: $0)) })
    let followers = zip(seeds, donors).map { seed, donor in
      var spec = plain.spec(in: setting, seed: seed)
      spec.follow = donor.folder
      return spec
    }
    let followed = try laboratory.train(followers).map(\.testError)
    let errors = donors.map(\.testError)
    let alone = try laboratory.errors(of: [plain], in: setting)[plain] ?? []
    let difference = Estimate(pairedDifference: alone, errors)
    return [
      Finding(
        equal: "\(plain) at the rates of λ_d \(text(decaying.decay)), against it: difference of test errors", followed,
        errors, within: Margins.Outcome.transplant),
      Finding(
        "\(plain) at its own rates, against λ_d \(text(decaying.decay)): difference of test errors", expected: "any",
        difference, tolerance: "none", holds: nil),
    ]
  }

  private static func recorded(_ spec: RunSpec) -> RunSpec {
    var spec = spec
    spec.execution.recordRates = true
    spec.execution.metricsEvery = 1
    return spec
  }
}
