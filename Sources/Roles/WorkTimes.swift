package import Parameters

/// One thread's time, divided among kinds of work without gaps: every moment between the beginning and the end counts once. Pure:
/// the time comes in as an argument.
package struct WorkTimes: Hashable, Sendable {
  private(set) var seconds: [Work: Double] = [:]
  private var current = Work.wait
  private var since: Double?

  package init() {}

  package var isRunning: Bool { since != nil }

  /// Time counts from now on.
  package mutating func begin(at now: Double) { since = now }

  /// The thread turns to another kind of work.
  package mutating func enter(_ work: Work, at now: Double) {
    settle(at: now)
    current = work
  }

  /// - Returns: seconds of each kind.
  package mutating func end(at now: Double) -> [Work: Double] {
    settle(at: now)
    since = nil
    return seconds
  }

  private mutating func settle(at now: Double) {
    guard let since else { return }
    seconds[current, default: 0] += now - since
    self.since = now
  }
}
