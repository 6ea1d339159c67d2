package import Records
import Foundation

/// Claim 13: ‖w*‖ ∝ λ_d^−s at fixed η, with s = 1/4 for SGD, 1/2 for AdamW and 1/3 for Adam with coupled decay.
///
/// λ_d takes four values over 1.5 decades. G² changes with λ_d, so the norm is first divided by the power of G² that
/// theory gives it; that power is the prediction times λ_d^s, up to a constant. Then log norm is regressed on log λ_d over
/// all seeds, and the whole interval of the slope must lie near −s.
package struct NormFollowsDecay: Claim {
  package let number = 13
  package let group = ClaimGroup.equilibrium
  package let statement = "The equilibrium norm falls as λ^−1/4 for SGD, λ^−1/2 for AdamW and λ^−1/3 for Adam with L2."
  package let source = "van Laarhoven 2017, arXiv:1706.05350, for SGD; the balance of decay and steps for the others"

  package let picture: ClaimPicture? = ClaimPicture(
    x: .init("λ_d, decay per step", logarithmic: true),
    y: .init("‖w‖ of the layer, over its power of G²", logarithmic: true),
    caption:
      "A line for each optimizer and layer, means over seeds; the expected line has the claim's slope, through the "
      + "middle of the measured points.")

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let ladders = Regime.families.map(\.ladder)
    let settled = try laboratory.settle(ladders.flatMap { $0 }, in: setting)
    return Regime.families.flatMap { family in
      let optimizer = family.middle.optimizer
      let rungs = settled.filter { $0.regime.optimizer == optimizer }
      return rungs[0].layers.map { finding(optimizer, layer: $0, rungs) }
    }
  }

  private func finding(_ optimizer: Optimizer, layer: String, _ rungs: [Settlement]) -> Finding {
    var (x, y): ([Double], [Double]) = ([], [])
    for rung in rungs {
      let decay = log(rung.regime.decay)
      for (norm, predicted) in zip(rung.norms(layer), rung.predictedNorms(layer)) {
        let gradients = optimizer.normDependsOnGradient ? log(predicted) + optimizer.normExponent * decay : 0
        x.append(decay)
        y.append(log(norm) - gradients)
      }
    }
    let slope = LinearRegression(x, y)?.slope ?? Estimate(meanOf: [])
    let tolerance = optimizer == .adam ? Margins.Equilibrium.adamExponent : Margins.Equilibrium.exponent
    let accepted = about(-optimizer.normExponent, tolerance)
    let interval = slope.interval()
    return Finding(
      "\(optimizer.rawValue), η \(rungs[0].regime.learningRate), \(layer): slope of log norm over log λ_d",
      expected: text(-optimizer.normExponent), slope, tolerance: "interval within ±\(tolerance)",
      holds: accepted.contains(interval.lowerBound) && accepted.contains(interval.upperBound)
    ).drawn("\(optimizer.rawValue), \(layer)", along: x, y, slope: -optimizer.normExponent)
  }
}
