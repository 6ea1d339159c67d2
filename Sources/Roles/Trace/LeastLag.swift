/// The smallest difference, over the last 10 to 20 seconds, between a clock here when a message arrived, and the sender's clock in
/// it: how far this clock is ahead, and the shortest delay.
///
/// Not of longer: clocks drift by some tens of microseconds a second.
package struct LeastLag: Hashable, Sendable {
  private static let period = 10.0

  /// Of the period before the current one.
  private var last = Double.infinity
  private var current = Double.infinity
  private var began = -Double.infinity

  package init() {}

  /// - Parameters:
  ///   - sent: on the sender's clock, in seconds.
  ///   - now: on the clock here.
  package mutating func add(sent: Double, at now: Double) {
    if now - began >= Self.period {
      last = now - began < 2 * Self.period ? current : .infinity
      (current, began) = (.infinity, now)
    }
    current = min(current, now - sent)
  }

  /// In seconds; `nil` if nothing has come.
  package var value: Double? { min(last, current).isFinite ? min(last, current) : nil }
}
