package import Records
import Specification

/// Claim 30: stale gradients are not orthogonal to the weights that they are applied to; their radial part adds to the growth
/// that decay balances, so the norm is larger, by as much as that part predicts, and the angle smaller.
///
/// Four workers share the updates of one microbatch each, so a gradient is several versions behind. Nothing here is the same
/// bits twice; the averages are.
package struct StalenessLengthens: Claim {
  package let number = 30
  package let group = ClaimGroup.equilibrium
  package let statement = "Staleness lengthens the weights in equilibrium, by what its radial gradients predict."
  package let source = "van Laarhoven 2017, arXiv:1706.05350 (the balance); Ho et al. 2013 (staleness)"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let synchronous = Regime(optimizer: .sgd, learningRate: 0.1, decay: 0.02)
    let bounds: [StalenessBound] = setting.isReduced ? [.unbounded] : [.versions(1), .unbounded]
    let stale = bounds.map { bound in
      var regime = synchronous
      (regime.staleness, regime.workers) = (bound, Margins.Equilibrium.staleWorkers)
      return regime
    }
    let settled = try laboratory.settle([synchronous] + stale, in: setting)
    let fresh = settled[0]
    return settled.dropFirst().flatMap { stale in
      [
        Finding(
          "\(stale.regime): versions behind", expected: "above 0", meanOf: stale.staleness, in: 0...Double.infinity,
          isJudged: false)
      ]
        + stale.layers.flatMap { compare(stale, fresh, $0) }
    }
  }

  private func compare(_ stale: Settlement, _ fresh: Settlement, _ layer: String) -> [Finding] {
    [
      Finding(
        "\(stale.regime), \(layer): norm / predicted", expected: "1",
        meanOf: ratios(stale.norms(layer), stale.staleNorms(layer)),
        in: about(1, Margins.Equilibrium.descentNorm)),
      Finding(
        "\(stale.regime), \(layer): angle / predicted", expected: "1",
        meanOf: ratios(stale.angles(layer), stale.staleAngles(layer)),
        in: about(1, Margins.Equilibrium.descentAngle)),
      Finding(
        "\(stale.regime), \(layer): norm / that without staleness", expected: "above 1",
        meanOf: ratios(stale.norms(layer), fresh.norms(layer)), in: Margins.Equilibrium.staleNorm,
        // How far behind gradients are within a bound depends on the machine.
        isJudged: stale.regime.staleness == .unbounded),
      Finding(
        "\(stale.regime), \(layer): norm / predicted, radial gradients aside", expected: "above 1",
        meanOf: ratios(stale.norms(layer), stale.predictedNorms(layer)), in: Margins.Equilibrium.staleNorm,
        isJudged: false),
    ]
  }
}
