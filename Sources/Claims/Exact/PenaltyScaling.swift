import Records
import EffectiveLearningRate
import Parameters
import Specification

/// L_λ(αw) = L_{λα²}(w): rescaling scale-invariant weights makes the penalty arbitrarily small.
struct PenaltyScaling: Claim {
  let number = 2
  let group = ClaimGroup.exact
  let statement = "The penalized loss at α·w with λ is that at w with λα²: λ does not change what is optimal."
  let source = "van Laarhoven 2017, arXiv:1706.05350, section 2"

  let picture: ClaimPicture? = ClaimPicture(
    x: .init("α", logarithmic: true), y: .init("relative difference", logarithmic: true),
    caption:
      "The penalized loss at α·w with λ against that at w with λα²: equal in every bit where α is a power of two.")

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    try Self.findings(in: laboratory, setting, .batch)
  }

  static func findings(
    in laboratory: any Laboratory, _ setting: Setting, _ normalization: Normalization, bias: Bool = false
  ) throws -> [Finding] {
    // So small that the penalty does not drown the loss.
    let lambda = 0x1p-20
    let alphas = ForwardInvariance.exponents.map(ForwardInvariance.power) + [3]
    let pairs = try alphas.map { alpha in
      let scaled = try setting.exactSpec(steps: 1, metrics: [Penalty.name]) { spec in
        spec.normalization = normalization
        spec.biasBeforeNormalization = bias
        spec.precision = .double
      }.scaled(by: alpha)
      var plain = scaled
      plain.initScale = 1
      if normalization.takesEpsilon { plain.normalizationEpsilon = nil }
      return [Self.penalized(scaled, lambda), Self.penalized(plain, lambda * alpha * alpha)]
    }
    let objectives = try laboratory.train(pairs.flatMap(\.self)).map { observation in
      zip(observation.losses, observation.metrics.values(of: Penalty.name, statistic: .sum)).map(+)
    }
    return alphas.indices.map { index in
      let (a, b) = (objectives[2 * index], objectives[2 * index + 1])
      let subject =
        "\(normalization.rawValue) norm\(bias ? " after a bias" : ""), α = \(alphas[index]): loss + λ‖αw‖², loss + λα²‖w‖²"
      func drawn(_ finding: Finding) -> Finding { finding.drawn("measured", x: alphas[index]) }
      guard alphas[index] == 3 else { return drawn(.bits(subject, a, b, shouldAgree: !bias)) }
      let distance = Comparison(a, b).relative
      return drawn(
        bias
          ? .atLeast(1e-6, subject + ", relative", [distance], expected: "other numbers")
          : .atMost(1e-6, subject + ", relative", [distance]))
    }
  }

  private static func penalized(_ spec: RunSpec, _ lambda: Double) -> RunSpec {
    var spec = spec
    spec.groups.weights.l2 = lambda
    return spec
  }
}
