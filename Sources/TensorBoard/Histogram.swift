/// How values are distributed: counts in buckets of one width between the lowest value and the highest.
package struct Histogram: Hashable, Sendable {
  package static let mostBuckets = 30

  package let min: Double
  package let max: Double
  package let count: Int
  package let sum: Double
  package let sumOfSquares: Double
  /// The upper end of each bucket; the last one is `max`.
  package let limits: [Double]
  package let counts: [Int]

  /// Counts what is finite; `nil` if nothing is.
  package init?(_ values: [Double]) {
    let values = values.filter(\.isFinite)
    guard let min = values.min(), let max = values.max() else { return nil }
    let width = (max - min) / Double(Self.mostBuckets)
    // Values that differ in their last digits only have no room for buckets between them.
    let limits = (1..<Self.mostBuckets).map { min + Double($0) * width } + [max]
    let isSpread = width.isFinite && zip([min] + limits, limits).allSatisfy { $0 < $1 }
    self.limits = isSpread ? limits : [max]
    var counts = [Int](repeating: 0, count: self.limits.count)
    for value in values {
      let index = isSpread ? Int((value - min) / width) : 0
      counts[Swift.min(index, counts.count - 1)] += 1
    }
    self.counts = counts
    (self.min, self.max, count) = (min, max, values.count)
    sum = values.reduce(0, +)
    sumOfSquares = values.reduce(0) { $0 + $1 * $1 }
  }
}
