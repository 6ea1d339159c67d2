import CClock
import Foundation

/// The clocks of this machine, watched for as long as the value lives.
package struct ClockFacts: Hashable, Sendable {
  /// Whether the clock by which deadlines are measured has only gone forward.
  let isMonotonic: Bool
  /// Whether something such as NTP keeps the wall clock right; `nil` if the kernel does not say.
  let isSynchronized: Bool?
  /// How far the wall clock was set ahead or back, in seconds.
  let jump: Double

  package init(isMonotonic: Bool, isSynchronized: Bool?, jump: Double) {
    (self.isMonotonic, self.isSynchronized, self.jump) = (isMonotonic, isSynchronized, jump)
  }

  /// Two readings of the clocks and what has happened between them.
  package init(from first: Reading, to second: Reading) {
    let status = tare_clock_is_synchronized()
    let elapsed = first.steady.duration(to: second.steady)
    self.init(
      isMonotonic: elapsed >= .zero, isSynchronized: status < 0 ? nil : status == 1,
      jump: second.wall.timeIntervalSince(first.wall) - elapsed / .seconds(1))
  }

  package struct Reading: Sendable {
    let steady: ContinuousClock.Instant
    let wall: Date

    package init() { (steady, wall) = (.now, Date()) }
  }

  /// NTP turns a clock by at most half a millisecond per second; what is more was set.
  private static let tolerance = 0.1

  package var finding: Finding {
    guard isMonotonic else {
      return .problem(
        "clock", "the monotonic clock has gone back",
        advice: "Choose another clock source of the kernel (/sys/devices/system/clocksource): deadlines cannot be kept."
      )
    }
    guard abs(jump) < Self.tolerance else {
      return .warning(
        "clock", "the wall clock was set by \(String(format: "%+.1f", jump)) s during this check",
        advice:
          "Let one service keep the clock: times in logs and run folders do not fit together. Training does not use them."
      )
    }
    switch isSynchronized {
    case true?: return .ok("clock", "monotonic, and synchronized")
    case nil: return .ok("clock", "monotonic; the kernel does not say whether it is synchronized")
    case false?:
      return .warning(
        "clock", "monotonic, but not synchronized",
        advice:
          "Start chrony or systemd-timesyncd, so that times in logs of several machines fit together. Training does not use "
          + "them.")
    }
  }
}
