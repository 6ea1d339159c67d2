import Records
import EffectiveLearningRate
import Optimization
import Parameters
import Specification

/// ∇L(αw) = ∇L(w)/α and ⟨w, ∇L(w)⟩ = 0.
///
/// One step of SGD with η' = α²η leads from α·w₀ to α·w₁ exactly if, and only if, the gradient there is 1/α of that at
/// w₀.
struct GradientScaling: Claim {
  let number = 3
  let group = ClaimGroup.exact
  let statement = "The gradient at α·w is 1/α of that at w, and orthogonal to the weights."
  let source = "van Laarhoven 2017, arXiv:1706.05350, section 2; Euler's theorem"

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    try Self.findings(in: laboratory, setting, .batch)
  }

  static func findings(
    in laboratory: any Laboratory, _ setting: Setting, _ normalization: Normalization, bias: Bool = false
  ) throws -> [Finding] {
    let name = "\(normalization.rawValue) norm\(bias ? " after a bias" : "")"
    let alphas = ForwardInvariance.exponents.map(ForwardInvariance.power)
    var findings: [Finding] = []
    for precision in ForwardInvariance.precisions {
      let base = setting.exactSpec(steps: 1, metrics: [WeightNorm.name, CosWeightGradient.name]) { spec in
        spec.optimizer.name = .init(SGD.self)
        spec.l2 = 0
        spec.normalization = normalization
        spec.biasBeforeNormalization = bias
        spec.precision = precision
        if normalization.takesEpsilon { spec.normalizationEpsilon = precision == .double ? 0 : nil }
      }
      let observations = try laboratory.train([base] + alphas.map { try base.scaled(by: $0) })
      let weights = try Self.weights(of: observations[0])
      for (alpha, scaled) in zip(alphas, observations.dropFirst()) {
        let subject = "\(name), \(precision.rawValue), α = \(alpha): w₀ − η∇L(w₀), (αw₀ − α²η∇L(αw₀))/α"
        findings.append(.bits(subject, weights, try Self.weights(of: scaled).map { $0 / alpha }, shouldAgree: !bias))
      }
      let cosines = observations[0].hiddenLayers.flatMap {
        observations[0].metrics.values(of: CosWeightGradient.name, statistic: .extreme, layer: $0)
      }
      let bound = precision == .double ? 1e-12 : 1e-5
      findings.append(
        bias
          ? .atLeast(1e-4, "\(name), \(precision.rawValue): cos(w, g), every layer", cosines, expected: "not 0")
          : .atMost(bound, "\(name), \(precision.rawValue): cos(w, g), every group", cosines))
    }
    return findings
  }

  /// All weights before a normalization, after the last step.
  private static func weights(of observation: Observation) throws -> [Double] {
    try observation.hiddenLayers.flatMap { try observation.finalWeights("\($0).weight") }
  }
}

extension Observation {
  /// The weight layers that a normalization could follow: all but the head.
  var hiddenLayers: [String] {
    metrics.layers.filter { $0 != "head" && !metrics.values(of: WeightNorm.name, statistic: .layer, layer: $0).isEmpty }
  }
}
