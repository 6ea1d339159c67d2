/// The name of a metric, as it stands in `metrics.csv`.
///
/// A metric of this version is named by its type, `WeightNorm.name`, so that a misspelled name does not compile. Files of
/// other versions may hold names that no metric here has.
package struct MetricName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package var description: String { rawValue }
}

extension Metric {
  package static var name: MetricName { definition.name }
}
