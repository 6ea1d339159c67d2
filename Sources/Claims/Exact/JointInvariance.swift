import Records
import EffectiveLearningRate
import Specification

/// If ReLU, pooling and another normalization follow, the common scale of γ and β has no effect: their joint vector is
/// orthogonal to its gradient. This does not hold for the last normalized layer and the head.
struct JointInvariance: Claim {
  let number = 24
  let group = ClaimGroup.exact
  let statement = "γ and β of a hidden layer are jointly scale-invariant; the last layer's and the head are not."
  let source = "van Laarhoven 2017, arXiv:1706.05350, discussion"

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let observation = try laboratory.train(
      setting.exactDoubleSpec(steps: 20, metrics: [CosGammaBetaGradient.name, CosWeightGradient.name]) { spec in
        spec.groups.gammaBeta.learningRate = 0.05
      })
    let layers = observation.metrics.layers.filter {
      !observation.metrics.values(of: CosGammaBetaGradient.name, statistic: .layer, layer: $0).isEmpty
    }
    let cosines = layers.map { observation.metrics.values(of: CosGammaBetaGradient.name, statistic: .layer, layer: $0) }
    let hidden = zip(layers, cosines).dropLast().map { layer, values in
      Finding.atMost(1e-12, "\(layer): cos((γ, β), gradient), largest of 20 steps", values)
    }
    let head = observation.metrics.values(of: CosWeightGradient.name, statistic: .extreme, layer: "head")
    return hidden + [
      .atLeast(
        0.01, "\(layers.last ?? "no layer"): the same", Self.largest(cosines.last ?? []), expected: "not 0"),
      .atLeast(0.01, "head: cos(w, gradient), largest of 20 steps", Self.largest(head), expected: "not 0"),
    ]
  }

  private static func largest(_ values: [Double]) -> [Double] { values.map(abs).max().map { [$0] } ?? [] }
}
