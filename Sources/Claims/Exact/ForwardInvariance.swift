import Records
import Optimization
import Parameters
import Specification

/// The loss of the first step from α·w₀, with ε scaled by α², equals that from w₀ bit for bit.
///
/// With ε left as it is, x̂ of a channel of variance v changes by at most ½ε|1 − α⁻²|/v relatively. A change of x̂ acts
/// like one of γ, so the loss changes by at most ½ε|1 − α⁻²| Σ|γ ∂L/∂γ|/v over all channels, to first order; 10 % are
/// allowed for the rest.
struct ForwardInvariance: Claim {
  let number = 1
  let group = ClaimGroup.exact
  let statement = "Scaling the weights before a normalization by α does not change the network's function."
  let source = "van Laarhoven 2017, arXiv:1706.05350, section 2"

  let picture: ClaimPicture? = ClaimPicture(
    x: .init("α", logarithmic: true), y: .init("change of the loss", logarithmic: true),
    caption:
      "How the loss of the first step from α·w₀ differs from that from w₀: relatively, and not in any bit, where the "
      + "normalization's ε is scaled by α²; absolutely, and within what theory allows, where ε is kept.")

  static let exponents = [-4, 2, 6]

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    try Self.findings(in: laboratory, setting, .batch) + keptEpsilon(in: laboratory, setting)
  }

  /// Those that every processor has, and whose gradients are not rounded on their way.
  static let precisions: [RunSpec.Precision] = [.float, .double]

  /// Bitwise equality under any normalization.
  static func findings(
    in laboratory: any Laboratory, _ setting: Setting, _ normalization: Normalization, bias: Bool = false
  ) throws -> [Finding] {
    let specs = try precisions.map { precision in
      let base = setting.exactSpec(steps: 1) { spec in
        spec.normalization = normalization
        spec.biasBeforeNormalization = bias
        spec.precision = precision
      }
      return try [base] + exponents.map { try base.scaled(by: Self.power($0)) }
    }
    let losses = try laboratory.train(specs.flatMap(\.self)).map(\.losses)
    return zip(precisions, stride(from: 0, to: losses.count, by: exponents.count + 1)).flatMap {
      precision, start in
      zip(exponents, losses[(start + 1)...]).map { exponent, scaled in
        .bits(
          "\(normalization.rawValue) norm\(bias ? " after a bias" : ""), \(precision.rawValue), α = 2^\(exponent): loss",
          losses[start], scaled, shouldAgree: !bias
        ).drawn(precision.rawValue, x: Self.power(exponent))
      }
    }
  }

  static func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  private typealias Precision = RunSpec.Precision

  private func keptEpsilon(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    // One microbatch, so that the running variance of one step gives the variance; η 1 for γ shows its gradient.
    let base = setting.exactSpec(steps: 1) { spec in
      spec.optimizer.name = .init(SGD.self)
      spec.batch = 16
      spec.precision = .double
      spec.groups.gammaBeta.learningRate = 1
    }
    let specs = Self.exponents.map { exponent in
      var spec = base
      spec.initScale = Self.power(exponent)
      return spec
    }
    let observations = try laboratory.train([base] + specs)
    let exact = observations[0]
    let epsilon = base.normalizationSettings.epsilon
    // Σ |γ ∂L/∂γ|/v over all channels.
    var slope = 0.0
    for name in try exact.tensorNames where name.hasSuffix(".gamma") {
      let variance = name.replacing(".gamma", with: ".running_var")
      let gammas = try zip(exact.initialWeights(name), exact.finalWeights(name))
      let variances = try zip(exact.initialWeights(variance), exact.finalWeights(variance))
      for ((gamma, moved), (old, new)) in zip(gammas, variances) {
        // r ← 0.9 r + 0.1 v, v unbiased over the 16 samples.
        slope += abs(gamma * (gamma - moved)) / ((new - 0.9 * old) / 0.1 * 15 / 16)
      }
    }
    return zip(Self.exponents, observations.dropFirst()).map { exponent, scaled in
      let alpha = Self.power(exponent)
      let bound = 1.1 * 0.5 * epsilon * abs(1 - 1 / (alpha * alpha)) * slope
      return .atMost(
        bound, "α = 2^\(exponent), ε kept: change of the loss", zip(exact.losses, scaled.losses).map { $1 - $0 }
      ).drawn("ε kept, double", x: alpha)
    }
  }
}
