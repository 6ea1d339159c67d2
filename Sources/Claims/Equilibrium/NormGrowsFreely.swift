package import Records
import EffectiveLearningRate

/// Claim 27: without decay the norm grows under Nesterov and Adam too, and the effective rate falls by itself.
///
/// From He normal weights: the ratio of the last to the first window of the run. The whole interval must lie on the
/// right side of 1.
package struct NormGrowsFreely: Claim {
  package let number = 27
  package let group = ClaimGroup.equilibrium
  package let statement = "Without decay ‖w‖ grows and the effective rate falls, under Nesterov and Adam too."
  package let source = "van Laarhoven 2017, arXiv:1706.05350, discussion"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let regimes = [(Optimizer.nesterov, 0.03), (.adam, 1e-3)].map {
      Regime(optimizer: $0, learningRate: $1, decay: 0, scale: 1)
    }
    return try laboratory.settle(regimes, in: setting).flatMap { settled in
      settled.layers.flatMap { layer in
        [
          finding(settled, layer, "norm", WeightNorm.name, .layer, above: true),
          finding(settled, layer, "effective rate", EffectiveRate.name, .p50, above: false),
        ]
      }
    }
  }

  private func finding(
    _ settled: Settlement, _ layer: String, _ words: String, _ metric: MetricName, _ statistic: Statistic, above: Bool
  ) -> Finding {
    let growth = Estimate(
      meanOf: ratios(settled.last(metric, statistic, layer), settled.first(metric, statistic, layer)))
    let interval = growth.interval()
    return Finding(
      "\(settled.regime), \(layer): \(words), last / first", expected: above ? "above 1" : "below 1", growth,
      tolerance: above ? "interval above 1" : "interval below 1",
      holds: above ? interval.lowerBound > 1 : interval.upperBound < 1)
  }
}
