/// The least, the middle and the largest of several measurements of one thing.
package struct Spread: Hashable, Sendable, Codable {
  package let min: Double
  /// The mean of the two in the middle where the count is even.
  package let median: Double
  package let max: Double

  /// `nil` for no measurements.
  package init?(of values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let half = sorted.count / 2
    min = first
    median = sorted.count.isMultiple(of: 2) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[half]
    max = last
  }
}
