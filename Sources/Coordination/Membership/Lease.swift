/// When a member was last heard.
package struct Lease: Hashable, Sendable {
  private var lastHeard: Double

  package init(now: Double) { lastHeard = now }

  /// - Returns: the gap between this message and the one before, in seconds.
  package mutating func heard(now: Double) -> Double {
    defer { lastHeard = max(lastHeard, now) }
    return max(0, now - lastHeard)
  }

  /// Takes the last `seconds` from the silence: in that time nothing could be heard.
  package mutating func excuse(_ seconds: Double, now: Double) { lastHeard = min(now, lastHeard + seconds) }

  package func silence(now: Double) -> Double { now - lastHeard }
}
