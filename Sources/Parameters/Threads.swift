import Dispatch
import Synchronization

/// How many threads may share a loop over units that do not depend on each other. Each unit is computed as one thread computes it, so
/// their number changes no bit.
package struct Threads: Hashable, Sendable {
  package static let one = Threads(1)

  package let count: Int

  package init(_ count: Int) {
    precondition(count >= 1, "\(count) threads")
    self.count = count
  }

  /// What one thread adds up or updates in the time that another one takes to wake, 20 to 50 µs.
  private static let leastElements = 1 << 15

  /// How many threads have enough to do.
  ///
  /// - Parameter length: elements of a unit.
  package func parts(_ units: Int, of length: Int = 1) -> Int {
    max(1, min(count, units, units * length / Self.leastElements))
  }

  /// Calls `body` with ranges that together are 0..<`units`, each on a thread of its own, and returns when all calls have.
  ///
  /// - Parameter length: elements of a unit.
  package func share(_ units: Int, of length: Int = 1, _ body: (Range<Int>) -> Void) {
    let parts = parts(units, of: length)
    guard parts > 1 else { return body(0..<units) }
    // The ranges are disjoint, and all calls have returned when this one does.
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      unsafe body(units * part / parts..<units * (part + 1) / parts)
    }
  }

  /// Whether `body` is true for all these ranges.
  func allSatisfy(_ units: Int, of length: Int = 1, _ body: (Range<Int>) -> Bool) -> Bool {
    let holds = Atomic(true)
    share(units, of: length) { range in if !body(range) { holds.store(false, ordering: .relaxed) } }
    return holds.load(ordering: .relaxed)
  }
}
