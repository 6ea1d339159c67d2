import Glibc

/// Seconds on a clock that only moves forward.
package enum Clock {
  package static var now: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - origin).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
  private static let origin = ContinuousClock.now

  /// On a clock that all processes of the machine share.
  package static var ofMachine: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
