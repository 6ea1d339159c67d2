/// A failure detector for one member: the deadline for its silence adapts to how regularly it was heard.
///
/// The deadline is four median gaps plus eight median absolute deviations, between `Deadlines.shortestLease` and the limit
/// of the run: short on an idle machine, longer on a loaded one.
package struct Lease: Hashable, Sendable {
  private var lastHeard: Double
  private var gaps: [Double] = []
  private var next = 0

  /// Number of gaps that are remembered.
  private static let memory = 32
  /// Number of gaps below which the limit of the run is the deadline.
  private static let enough = 8

  package init(now: Double) { lastHeard = now }

  package mutating func heard(now: Double) {
    let gap = max(0, now - lastHeard)
    lastHeard = max(lastHeard, now)
    // Messages that arrive in one batch do not show the sender's rhythm.
    guard gap > 0.05 else { return }
    if gaps.count < Self.memory { gaps.append(gap) } else { gaps[next] = gap }
    next = (next + 1) % Self.memory
  }

  /// Ends the silence up to now; the observed gaps stay.
  package mutating func restart(now: Double) { lastHeard = now }

  package func silence(now: Double) -> Double { now - lastHeard }

  /// - Parameter limit: the longest deadline of the run, in seconds.
  package func hasEnded(now: Double, limit: Double) -> Bool {
    let silence = silence(now: now)
    return silence > Deadlines.shortestLease && silence > deadline(limit: limit)
  }

  /// The silence, in seconds, after which the member is declared failed.
  package func deadline(limit: Double) -> Double {
    guard gaps.count >= Self.enough else { return limit }
    let median = Self.median(gaps)
    let deviation = Self.median(gaps.map { abs($0 - median) })
    return min(limit, max(Deadlines.shortestLease, 4 * median + 8 * deviation))
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
