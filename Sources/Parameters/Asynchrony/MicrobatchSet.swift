/// A set of microbatches, counted over the whole run, most of which are the first ones.
package struct MicrobatchSet: Hashable, Sendable {
  /// All microbatches below this one are members.
  private var complete: Int
  /// Members above.
  private var scattered: Set<Int> = []

  /// The first `count` microbatches.
  package init(first count: Int = 0) { complete = count }

  package var count: Int { complete + scattered.count }

  package func contains(_ microbatch: Int) -> Bool { microbatch < complete || scattered.contains(microbatch) }

  /// - Returns: whether it was no member before.
  package mutating func insert(_ microbatch: Int) -> Bool {
    guard !contains(microbatch) else { return false }
    scattered.insert(microbatch)
    while scattered.remove(complete) != nil { complete += 1 }
    return true
  }
}
