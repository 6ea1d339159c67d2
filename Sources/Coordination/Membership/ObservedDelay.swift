/// How late the processes of the run are at times: the failure detector's measure of the machines that it runs on.
///
/// Every gap between two messages of a member that lived on counts, and every gap between two turns of the coordinator, which
/// waits for the same processors. A silence is a failure when it is four times as long as the longest gap of the last half
/// minute to minute. In a run's first minute there is a presumed gap.
package struct ObservedDelay: Hashable, Sendable {
  /// The longest gap since `since`.
  private var longest = Deadlines.presumedGap
  /// The longest gap in the half minute before that.
  private var longestBefore = 0.0
  private var since: Double

  package init(now: Double) { since = now }

  /// - Parameter gap: in seconds, of a process that lives.
  package mutating func note(_ gap: Double, now: Double) {
    if now - since >= Deadlines.gapMemory {
      (longest, longestBefore, since) = (0, longest, now)
    }
    longest = max(longest, gap)
  }

  /// The silence, in seconds, after which a member is declared failed.
  ///
  /// - Parameter limit: the longest one.
  package func deadline(limit: Double) -> Double {
    min(limit, max(Deadlines.shortestLease, Deadlines.leaseGaps * max(longest, longestBefore)))
  }
}
