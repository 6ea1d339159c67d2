/// The connection state of one member.
package struct MemberState<Peer: Hashable & Sendable>: Sendable {
  package let peer: Peer
  package let incarnation: UInt64
  /// What a worker's connections to servers show.
  let badge: UInt64
  /// The machine that it runs on, for messages to people; empty names none.
  let host: String
  /// Whether it is silent, and the run waits for it.
  package internal(set) var isMissed = false
  /// Where workers reach a server; empty for workers.
  package var endpoint = ""
  package var fingerprint: Fingerprint?
  /// The run's version when the member became ready.
  var readyVersion: Int?
  /// The content of its last heartbeat.
  package var pulse = Pulse()
  var lease: Lease
  /// When its progress last rose, or when it had nothing in hand.
  var lastProgress: Double
  /// The longest time between two rises of its progress, in seconds; `nil` before the first.
  var longestStep: Double?
  private var lastOrdered = 0.0
  private var orderedNumber = -1
  private var retransmissions = 0

  init(peer: Peer, incarnation: UInt64, badge: UInt64, host: String, now: Double) {
    self.peer = peer
    self.incarnation = incarnation
    self.badge = badge
    self.host = host
    lease = Lease(now: now)
    lastProgress = now
  }

  package var isReady: Bool { fingerprint != nil }

  /// - Returns: whether the member has made progress since its last heartbeat.
  mutating func note(_ pulse: Pulse, now: Double) -> Bool {
    let hasProgressed = pulse.progress > self.pulse.progress
    if hasProgressed, self.pulse.pending > 0 { longestStep = max(longestStep ?? 0, now - lastProgress) }
    if hasProgressed || self.pulse.pending == 0 { lastProgress = now }
    self.pulse = pulse
    return hasProgressed
  }

  /// Whether it has had work in hand for `deadline` seconds and ten times longer than any work took before.
  func isHung(now: Double, deadline: Double) -> Bool {
    guard pulse.pending > 0 else { return false }
    return now - lastProgress > max(deadline, 10 * (longestStep ?? deadline))
  }

  /// Orders with this number are sent now.
  mutating func noteOrder(_ number: Int, now: Double) {
    retransmissions = number == orderedNumber ? retransmissions + 1 : 0
    orderedNumber = number
    lastOrdered = now
  }

  /// Whether orders that are not acknowledged are due for retransmission: exponential back-off.
  func isRetransmissionDue(now: Double) -> Bool {
    let wait = Deadlines.retransmission * Double(1 << min(retransmissions, 16))
    return now - lastOrdered > min(Deadlines.longestRetransmission, wait)
  }
}
