/// A quantity of one layer over a logging window.
///
/// A new metric is one file with a conforming type and one line in `Metrics.all`.
package protocol Metric: Sendable {
  static var definition: MetricDefinition { get }

  /// The values, always under the same statistics; `nil` where the quantity has no meaning.
  ///
  /// - Parameter windows: one for each scale-invariance group, in filter order.
  static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue]
}

/// What a metric means, for people.
package struct MetricDefinition: Hashable, Sendable {
  package let name: String
  /// The formula in words and symbols, one sentence or two.
  package let definition: String
  /// `1` for pure numbers.
  package let unit: String
  package let source: String
  /// The statistic that stands for the metric where there is room for one number.
  package let headline: Statistic
}

/// How a metric's values over the groups of a layer become one number.
package enum Statistic: String, Hashable, Sendable, Codable, CaseIterable {
  /// Of the whole tensor.
  case layer
  /// Quantiles over the groups; between two values by linear interpolation (NumPy's default, Hyndman and Fan's type 7).
  case min, p10, p50, p90, max
  /// Root of the mean square over groups, or over groups and steps.
  case rms
  /// The value farthest from 0, with its sign.
  case extreme
}

package struct MetricValue: Hashable, Sendable {
  package let statistic: Statistic
  package let value: Double?

  package init(_ statistic: Statistic, _ value: Double?) {
    self.statistic = statistic
    self.value = value
  }
}
