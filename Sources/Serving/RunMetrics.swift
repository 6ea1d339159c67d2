package import Coordination
import EffectiveLearningRate
package import Records

/// What Prometheus is told of one run: its newest rows, and if this process leads it, its members and its pace.
package struct RunMetrics: Sendable {
  /// The folder.
  package var run: String
  package var steps = 0
  package var imagesPerSecond: Double?
  /// Members that were declared failed; `nil` if it is not known yet.
  package var losses: Int?
  package var standing: RunStanding?
  package var stepSeconds: StepHistogram?
  private var newest: [Key: Double] = [:]

  private struct Key: Hashable {
    let layer: String
    let metric: MetricName
    let statistic: Statistic
  }

  package init(run: String) { self.run = run }

  /// Takes in rows of the records, in their order.
  package mutating func add(_ rows: some Sequence<MetricRow>) {
    for row in rows {
      steps = max(steps, row.step)
      newest[Key(layer: row.layer, metric: row.metric, statistic: row.statistic)] = row.value
    }
  }

  /// Forgets all rows.
  package mutating func removeRows() { (newest, steps) = ([:], 0) }

  /// The value that stands for the metric when only one is shown.
  func value(of metric: any Metric.Type) -> Double? {
    newest[Key(layer: "", metric: metric.name, statistic: metric.definition.headline)]
  }

  /// The same of each layer, by name.
  func layers(of metric: any Metric.Type) -> [(layer: String, value: Double)] {
    newest.filter { $0.key.metric == metric.name && $0.key.statistic == metric.definition.headline }
      .map { ($0.key.layer, $0.value) }.sorted { $0.layer < $1.layer }
  }
}
