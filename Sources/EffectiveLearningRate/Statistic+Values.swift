extension Statistic {
  /// min, p10, p50, p90 and max of `values`; all `nil` if there are none.
  static func quantiles(of values: [Double]) -> [MetricValue] {
    let sorted = values.sorted()
    return [(Statistic.min, 0.0), (.p10, 0.1), (.p50, 0.5), (.p90, 0.9), (.max, 1)].map { statistic, level in
      MetricValue(statistic, quantile(level, ofSorted: sorted))
    }
  }

  /// p50 of `values`; `nil` if there are none.
  package static func median(of values: [Double]) -> Double? { quantile(0.5, ofSorted: values.sorted()) }

  private static func quantile(_ level: Double, ofSorted values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let position = level * Double(values.count - 1)
    let below = Int(position)
    let above = Swift.min(below + 1, values.count - 1)
    return values[below] + (position - Double(below)) * (values[above] - values[below])
  }
}

/// √(sum / count), or `nil` if nothing was counted.
func rootMean(_ sum: Double, over count: Double) -> Double? { count > 0 ? (sum / count).squareRoot() : nil }

/// √Σ values².
func length(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

/// sum / count, or `nil` if nothing was counted.
func average(_ sum: Double, over count: Double) -> Double? { count > 0 ? sum / count : nil }
