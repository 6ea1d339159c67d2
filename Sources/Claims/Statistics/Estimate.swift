import Foundation

/// A quantity estimated from repetitions, with its uncertainty.
package struct Estimate: Hashable, Sendable {
  package let value: Double
  /// Standard deviation of the estimate, not of a repetition.
  package let standardError: Double
  package let degreesOfFreedom: Double

  package init(value: Double, standardError: Double, degreesOfFreedom: Double) {
    self.value = value
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The mean of `values`. The interval of a single value, as in a reduced experiment, is the value itself.
  package init(meanOf values: [Double]) {
    let count = Double(values.count)
    self.init(
      value: mean(values), standardError: standardDeviation(values) / count.squareRoot(),
      degreesOfFreedom: max(1, count - 1))
  }

  /// The mean difference of pairs, such as runs of the same seed.
  package init(pairedDifference a: [Double], _ b: [Double]) {
    precondition(a.count == b.count, "\(a.count) values against \(b.count)")
    self.init(meanOf: zip(a, b).map { $0 - $1 })
  }

  /// The difference of two means of unequal variances.
  ///
  /// - Source: Welch 1947, doi:10.1093/biomet/34.1-2.28.
  package init(difference a: [Double], _ b: [Double]) {
    let (first, second) = (Estimate(meanOf: a), Estimate(meanOf: b))
    let (u, v) = (first.standardError * first.standardError, second.standardError * second.standardError)
    let spread = u * u / first.degreesOfFreedom + v * v / second.degreesOfFreedom
    self.init(
      value: first.value - second.value, standardError: (u + v).squareRoot(),
      degreesOfFreedom: spread > 0 ? (u + v) * (u + v) / spread : first.degreesOfFreedom + second.degreesOfFreedom)
  }

  /// The two-sided confidence interval by Student's t; unbounded if the estimate is NaN.
  package func interval(confidence: Double = Margins.confidence) -> ClosedRange<Double> {
    guard value.isFinite, standardError.isFinite else { return -.infinity ... .infinity }
    guard standardError > 0 else { return value...value }
    let half = StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + confidence) / 2) * standardError
    return value - half...value + half
  }

  /// The p value of the two-sided t test against 0; 1 if the estimate is NaN.
  package var significance: Double {
    guard value.isFinite, standardError.isFinite else { return 1 }
    guard standardError > 0 else { return value == 0 ? 1 : 0 }
    return 2 * StudentT(degreesOfFreedom: degreesOfFreedom).upperTail(abs(value) / standardError)
  }
}

package func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// With Bessel's correction; 0 for fewer than two values.
package func standardDeviation(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let middle = mean(values)
  return (values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(values.count - 1)).squareRoot()
}

/// The standard deviation within groups of different means; 0 if no group has two values.
package func pooledStandardDeviation(_ groups: [[Double]]) -> Double {
  let freedom = groups.reduce(0) { $0 + max(0, $1.count - 1) }
  guard freedom > 0 else { return 0 }
  let squares = groups.reduce(0) { sum, group in
    let deviation = standardDeviation(group)
    return sum + deviation * deviation * Double(max(0, group.count - 1))
  }
  return (squares / Double(freedom)).squareRoot()
}
