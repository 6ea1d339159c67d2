import Foundation

/// Counts the members that are still running, so that a thread can wait until there are none.
package final class Departures: @unchecked Sendable {
  // Guarded by `condition`.
  private var present = 0
  private let condition = NSCondition()

  package init() {}

  package func arrive() {
    condition.lock()
    present += 1
    condition.unlock()
  }

  package func leave() {
    condition.lock()
    present -= 1
    condition.broadcast()
    condition.unlock()
  }

  /// Whether all members have ended within `seconds`.
  package func wait(seconds: Double) -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while present > 0 {
      if !condition.wait(until: deadline) { return false }
    }
    return true
  }
}
