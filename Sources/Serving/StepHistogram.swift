/// How long steps took, in fixed buckets.
package struct StepHistogram: Hashable, Sendable {
  /// Upper bounds in seconds; what is longer counts in the total alone.
  package static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

  /// Steps up to each bound, those of the bounds before it included.
  package private(set) var counts = [Int](repeating: 0, count: bounds.count)
  package private(set) var count = 0
  package private(set) var sum = 0.0

  package init() {}

  /// `steps` that took `seconds` together count as equally long.
  package mutating func add(_ steps: Int, seconds: Double) {
    guard steps > 0 else { return }
    for (index, bound) in Self.bounds.enumerated() where seconds / Double(steps) <= bound { counts[index] += steps }
    count += steps
    sum += seconds
  }
}
