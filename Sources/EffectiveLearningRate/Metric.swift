package import Parameters

/// A quantity over one logging window: of a layer's weights, of a normalization, or of the whole network.
///
/// A new metric is one file with a type that conforms to one of the protocols below, and one line in `Metrics.all`.
package protocol Metric: Sendable {
  static var definition: MetricDefinition { get }
}

/// A quantity of one weight tensor, from its scale-invariance groups, or from its filters if the weights have no such
/// groups.
package protocol GroupMetric: Metric {
  /// The values, always for the same statistics; `nil` if the quantity is undefined.
  ///
  /// - Parameter windows: one for each group, in filter order.
  static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue]
}

/// A quantity of a normalization's own parameters and statistics.
package protocol NormalizationMetric: Metric {
  /// The values, always for the same statistics; `nil` if the quantity is undefined.
  static func values(of window: NormalizationWindow) -> [MetricValue]
}

/// A quantity of the whole network in training.
package protocol NetworkMetric: Metric {
  static func values(of window: NetworkWindow) -> [MetricValue]
}

/// A quantity of one evaluation on the test images.
package protocol EvaluationMetric: Metric {
  static func values(of tally: Tally) -> [MetricValue]
}

/// The human-readable definition of a metric.
package struct MetricDefinition: Hashable, Sendable {
  package let name: MetricName
  /// The formula in words and symbols, one sentence or two.
  package let definition: String
  /// `1` for pure numbers.
  package let unit: String
  package let source: String
  /// The statistic that represents the metric when only one number is shown.
  package let headline: Statistic

  package init(name: String, definition: String, unit: String, source: String, headline: Statistic) {
    self.name = MetricName(rawValue: name)
    self.definition = definition
    self.unit = unit
    self.source = source
    self.headline = headline
  }
}

package struct MetricValue: Hashable, Sendable {
  package let statistic: Statistic
  package let value: Double?

  package init(_ statistic: Statistic, _ value: Double?) {
    self.statistic = statistic
    self.value = value
  }
}
