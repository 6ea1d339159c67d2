/// How far a member's clock is ahead of the coordinator's, from the least lags of heartbeats both ways.
///
/// Let θ be the offset, and d ≥ 0 a delay. The coordinator's heartbeats arrive with the lag d + θ, the member's with d′ − θ. The
/// least lags have the shortest delays, so half of their difference is θ, wrong by (d − d′)/2: at most half of their sum
/// (Cristian, Probabilistic Clock Synchronization, 1989).
package struct ClockOffset: Hashable, Sendable {
  package let seconds: Double
  /// Bound of the error, in seconds; `nil` where it is unknown because heartbeats came from one side only, or from none.
  package let error: Double?

  private init(seconds: Double, error: Double?) { (self.seconds, self.error) = (seconds, error) }

  /// - Parameters:
  ///   - down: least lag of the coordinator's heartbeats, in seconds.
  ///   - up: least lag of the member's heartbeats, in seconds.
  package init(down: Double?, up: Double?) {
    switch (down, up) {
    case (let down?, let up?): self.init(seconds: (down - up) / 2, error: max(down + up, 0) / 2)
    case (let down?, nil): self.init(seconds: down, error: nil)
    case (nil, let up?): self.init(seconds: -up, error: nil)
    case (nil, nil): self.init(seconds: 0, error: nil)
    }
  }
}
