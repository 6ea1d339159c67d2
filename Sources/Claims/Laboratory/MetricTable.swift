package import EffectiveLearningRate
package import Records

/// The rows of one `metrics.csv`, by series.
package struct MetricTable: Sendable {
  /// One curve over the steps.
  package struct Series: Hashable, Sendable {
    package let layer: String
    package let metric: MetricName
    package let statistic: Statistic
  }

  private var series: [Series: [(step: Int, value: Double)]] = [:]
  /// Layers that have metrics, in the order of the file; the whole network is not one.
  package private(set) var layers: [String] = []

  package init(_ rows: some Sequence<MetricRow>) {
    for row in rows {
      if !row.layer.isEmpty, !layers.contains(row.layer) { layers.append(row.layer) }
      guard let value = row.value else { continue }
      let key = Series(layer: row.layer, metric: row.metric, statistic: row.statistic)
      series[key, default: []].append((row.step, value))
    }
  }

  /// The values of one series after step `after`, in order of steps; may be empty.
  package func values(of metric: MetricName, statistic: Statistic, layer: String = "", after: Int = 0) -> [Double] {
    points(of: metric, statistic: statistic, layer: layer).filter { $0.step > after }.map(\.value)
  }

  /// The same with the steps.
  package func points(of metric: MetricName, statistic: Statistic, layer: String = "") -> [(step: Int, value: Double)] {
    series[Series(layer: layer, metric: metric, statistic: statistic)] ?? []
  }

  /// The same table with the values of one metric changed.
  package func mapping(_ metric: MetricName, _ change: (Double) -> Double) -> MetricTable {
    var table = self
    for (key, points) in series where key.metric == metric {
      table.series[key] = points.map { ($0.step, change($0.value)) }
    }
    return table
  }
}
