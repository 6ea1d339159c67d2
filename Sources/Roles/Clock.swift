/// Seconds on a clock that only moves forward.
package enum Clock {
  package static var now: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - origin).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
  private static let origin = ContinuousClock.now
}
