/// One member's place at the table.
package struct MemberState<Peer: Hashable & Sendable>: Sendable {
  package let peer: Peer
  package let incarnation: UInt64
  /// Where workers reach a server; empty for workers.
  package var endpoint = ""
  package var fingerprint: Fingerprint?
  /// The run's version when it got ready.
  var readyVersion: Int?
  /// What it said of itself last.
  package var pulse = Pulse()
  var lease: Lease
  /// When its progress last rose, or when it had nothing in hand.
  var lastProgress: Double
  /// The longest time between two rises of its progress; `nil` before the first.
  var longestStep: Double?
  private var lastOrdered = 0.0
  private var orderedNumber = -1
  private var repetitions = 0

  init(peer: Peer, incarnation: UInt64, now: Double) {
    self.peer = peer
    self.incarnation = incarnation
    lease = Lease(now: now)
    lastProgress = now
  }

  package var isReady: Bool { fingerprint != nil }

  /// - Returns: whether the member has got on since it last said so.
  mutating func note(_ pulse: Pulse, now: Double) -> Bool {
    let hasGotOn = pulse.progress > self.pulse.progress
    if hasGotOn, self.pulse.pending > 0 { longestStep = max(longestStep ?? 0, now - lastProgress) }
    if hasGotOn || self.pulse.pending == 0 { lastProgress = now }
    self.pulse = pulse
    return hasGotOn
  }

  /// Whether it has had work in hand for far longer than any work took before.
  func isHung(now: Double, patience: Double) -> Bool {
    guard pulse.pending > 0 else { return false }
    return now - lastProgress > max(patience, 10 * (longestStep ?? patience))
  }

  /// Orders with this number go out now.
  mutating func noteOrder(_ number: Int, now: Double) {
    repetitions = number == orderedNumber ? repetitions + 1 : 0
    orderedNumber = number
    lastOrdered = now
  }

  /// Whether they are due once more: after `patience` seconds, and twice as many after each repetition.
  func isOrderOverdue(now: Double, _ patience: Double, _ longest: Double) -> Bool {
    now - lastOrdered > min(longest, patience * Double(1 << min(repetitions, 16)))
  }
}
