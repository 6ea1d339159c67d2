package import Parameters

/// Role → coordinator, as it leaves a run that is traced: the last spans of one of its threads, which follow one another
/// without gaps.
package struct Spans: Hashable, Sendable {
  package struct Span: Hashable, Sendable {
    package var work: Work
    package var nanoseconds: Int
    package var step: Int

    package init(_ work: Work, nanoseconds: Int, step: Int) {
      (self.work, self.nanoseconds, self.step) = (work, nanoseconds, step)
    }
  }

  package var thread: String
  /// On the sender's steady clock, in seconds.
  package var began: Double
  /// At most `Limits.spans`.
  package var spans: [Span]
  /// Names the sender's steady clock: equal names, equal clocks. May be empty.
  package var clock: String
  /// The smallest difference, in seconds, between the sender's clock when a heartbeat of the coordinator arrived, and the
  /// clock in that heartbeat; `nil` if there was none lately.
  package var leastLag: Double?
  /// Whether the other threads have been sent.
  package var isLast: Bool

  package init(
    thread: String, began: Double, spans: [Span], clock: String = "", leastLag: Double? = nil, isLast: Bool = false
  ) {
    (self.thread, self.began, self.spans) = (thread, began, spans)
    (self.clock, self.leastLag, self.isLast) = (clock, leastLag, isLast)
  }
}
