/// Waits for what may come soon, by yielding the processor again and again, before a thread goes to sleep.
///
/// A processor without work falls asleep and takes long to wake, some 50 µs in a virtual machine; a small step waits for that
/// several times. But where all processors have work, a thread that yields is in the way. So a wait is given up after a
/// millisecond, or when a yield has let another thread work for long; after each one in a row that is given up, twice as many
/// are not tried, up to 1024.
package struct BriefWait {
  /// In seconds.
  private static let longest = 1e-3
  private static let longestYield = 100e-6

  private var failures = 0
  private var untried = 0

  package init() {}

  /// - Parameters:
  ///   - now: the time in seconds since any moment.
  ///   - yield: lets other threads use the processor.
  /// - Returns: what `isOver` said last; if not true, it is time to sleep.
  package mutating func wait(until isOver: () -> Bool, now: () -> Double, yield: () -> Void) -> Bool {
    if isOver() { return true }
    guard untried == 0 else {
      untried -= 1
      return false
    }
    let start = now()
    var before = start
    while true {
      yield()
      let after = now()
      guard after - before < Self.longestYield, after - start < Self.longest else { break }
      if isOver() {
        failures = 0
        return true
      }
      before = after
    }
    untried = 1 << failures
    failures = min(failures + 1, 10)
    return isOver()
  }
}
