package import EffectiveLearningRate

extension MetricReading {
  /// The row that records it; NaN counts as undefined.
  ///
  /// - Parameter layer: empty for a value of the whole network.
  package func record(step: Int, layer: String) -> MetricRow {
    let number = value.flatMap { $0.isNaN ? nil : $0 }
    return MetricRow(step: step, layer: layer, metric: metric, statistic: statistic, value: number)
  }
}
