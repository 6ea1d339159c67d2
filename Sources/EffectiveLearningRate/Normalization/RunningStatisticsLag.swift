/// How far the running statistics, which evaluation uses, lag behind.
package enum RunningStatisticsLag: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "runningStatisticsLag",
    definition: "√(((m − m̂)²/v̂ + (v − v̂)²/v̂²)/2) of running mean m and variance v, before the window's last step, and "
      + "that step's m̂ and v̂ (means over its microbatches), root mean square and maximum over channels with v̂ > 0",
    unit: "1", source: "Ioffe and Szegedy 2015, arXiv:1502.03167", headline: .rms)

  package static func values(of window: NormalizationWindow) -> [MetricValue] {
    let squares = zip(window.runningMean, window.runningVariance).filter { $1.gradient > 0 }.map { mean, variance in
      let shift = mean.value - mean.gradient
      let spread = variance.value / variance.gradient - 1
      return (shift * shift / variance.gradient + spread * spread) / 2
    }
    return [
      MetricValue(.rms, rootMean(squares.reduce(0, +), over: Double(squares.count))),
      MetricValue(.max, squares.max()?.squareRoot()),
    ]
  }
}
