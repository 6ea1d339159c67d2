/// How long a member may be silent before it counts as gone: a deadline that follows how regularly it was heard.
///
/// Four median gaps and eight median deviations, between `shortest` and the limit that the run sets. A member on a calm
/// machine is missed sooner, one on a loaded machine is given time.
package struct Lease: Hashable, Sendable {
  private var lastHeard: Double
  private var gaps: [Double] = []
  private var next = 0

  /// Gaps that are remembered.
  private static let memory = 32
  /// Fewer gaps say nothing.
  private static let enough = 8
  /// Seconds; a shorter deadline would gain little and could err.
  package static let shortest = 1.5

  package init(now: Double) { lastHeard = now }

  package mutating func heard(now: Double) {
    let gap = max(0, now - lastHeard)
    lastHeard = max(lastHeard, now)
    // Messages that come in one bundle say nothing of the time between two.
    guard gap > 0.05 else { return }
    if gaps.count < Self.memory { gaps.append(gap) } else { gaps[next] = gap }
    next = (next + 1) % Self.memory
  }

  /// Begins anew, with what was observed.
  package mutating func restart(now: Double) { lastHeard = now }

  package func silence(now: Double) -> Double { now - lastHeard }

  /// - Parameter limit: seconds that are allowed in any case.
  package func hasEnded(now: Double, limit: Double) -> Bool {
    let silence = silence(now: now)
    return silence > Self.shortest && silence > deadline(limit: limit)
  }

  /// Seconds.
  package func deadline(limit: Double) -> Double {
    guard gaps.count >= Self.enough else { return limit }
    let median = Self.median(gaps)
    let deviation = Self.median(gaps.map { abs($0 - median) })
    return min(limit, max(Self.shortest, 4 * median + 8 * deviation))
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
