import Foundation

/// The interval that covers the mean of a normal distribution with probability 95 %, from a few values of it.
package enum StudentInterval {
  /// - Returns: `nil` for fewer than two values.
  package static func halfWidth(of values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    return quantile(freedom: values.count - 1) * (variance / Double(values.count)).squareRoot()
  }

  /// The 97.5th percentile of Student's t: exact for 1 and 2 degrees of freedom, else the expansion about the normal one
  /// (Abramowitz and Stegun 1964, 26.7.5), which is 0.12 % too small for 3 and better for more.
  package static func quantile(freedom: Int) -> Double {
    switch freedom {
    case ...1: return tan(0.475 * .pi)
    case 2: return 0.95 * (2 / (1 - 0.95 * 0.95)).squareRoot()
    default:
      let (z, n) = (1.959963984540054, Double(freedom))
      let s = z * z
      let terms = [
        (s + 1) / 4, ((5 * s + 16) * s + 3) / 96, (((3 * s + 19) * s + 17) * s - 15) / 384,
        ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160,
      ]
      return z * terms.reversed().reduce(0) { ($0 + $1) / n } + z
    }
  }
}
