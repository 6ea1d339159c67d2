/// How far behind the gradients of an asynchronous run were, and what became of those that were not applied.
package struct Staleness: Hashable, Sendable, Codable {
  /// Element τ: how many microbatches' gradients were τ versions behind the weights that they were applied to.
  package private(set) var counts: [Int] = []
  /// Gradients of microbatches that had been applied before.
  package var late = 0
  /// Gradients that were too far behind; their microbatches are computed once more.
  package var rejected = 0

  package init() {}

  package init(counts: [Int], late: Int, rejected: Int) {
    self.counts = counts
    self.late = late
    self.rejected = rejected
  }

  /// The longest distance that is counted by itself; longer ones are counted with it.
  package static let longest = 1023

  package mutating func note(_ versions: Int) {
    let place = min(versions, Self.longest)
    if counts.count <= place { counts += Array(repeating: 0, count: place + 1 - counts.count) }
    counts[place] += 1
  }

  package var isEmpty: Bool { counts.isEmpty && late == 0 && rejected == 0 }

  /// Gradients that were applied.
  package var applied: Int { counts.reduce(0, +) }

  /// In versions; `nil` if no gradient was applied.
  package var mean: Double? {
    let count = applied
    guard count > 0 else { return nil }
    return Double(counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }) / Double(count)
  }

  /// In versions; `nil` if no gradient was applied.
  package var largest: Int? { counts.lastIndex { $0 > 0 } }

  package static func + (a: Self, b: Self) -> Self {
    guard !a.isEmpty else { return b }
    guard !b.isEmpty else { return a }
    var sum = a.counts.count < b.counts.count ? b : a
    for (place, count) in (a.counts.count < b.counts.count ? a : b).counts.enumerated() { sum.counts[place] += count }
    sum.late = a.late + b.late
    sum.rejected = a.rejected + b.rejected
    return sum
  }
}
