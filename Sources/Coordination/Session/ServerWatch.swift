/// When a worker sends its requests again, and when it gives up a server that does not answer.
///
/// Pure: servers are ranks, time is seconds.
package struct ServerWatch: Sendable {
  package enum Finding: Hashable, Sendable {
    /// Requests have been unanswered for too long: send them again.
    case overdue
    /// The server has been silent for too long.
    case silent(server: Int)
  }

  /// Seconds of an awaited server's silence after which the worker gives up.
  package let deadline: Double
  /// When each server last sent anything, or was not awaited.
  private var lastHeard: [Double] = []
  private var lastSent: Double
  /// When microbatches were last asked for, or were not awaited.
  private var lastAsked: Double
  /// Since when servers have been awaited; `nil` while none is.
  private var waitingSince: Double?
  /// How long the worker waited, the last two times.
  private var waits = (0.0, 0.0)

  /// A gradient and new weights take their time on a slow link, and repeating them makes it slower. One long wait says
  /// nothing: something may have been lost, or everybody waited for a milestone.
  private var patience: Double { max(Timing.retransmission, 2 * min(waits.0, waits.1)) }

  /// - Parameter joinDeadline: seconds that a server may take to return to the run.
  package init(joinDeadline: Double, now: Double) {
    deadline = max(Timing.serverSilence, joinDeadline) + Timing.serverMargin
    (lastSent, lastAsked) = (now, now)
  }

  /// A generation begins, with these servers.
  package mutating func enter(serverCount: Int, now: Double) {
    lastHeard = Array(repeating: now, count: serverCount)
    waitingSince = nil
  }

  package mutating func heard(_ server: Int, now: Double) { lastHeard[server] = now }

  /// One of several requests that are under way has been answered: the others are on their way behind it.
  package mutating func answered(now: Double) {
    guard let since = waitingSince else { return }
    waits = (waits.1, now - since)
    (waitingSince, lastSent) = (now, now)
  }

  /// What is due now; to be asked several times a second, after all messages have been taken in.
  ///
  /// - Parameters:
  ///   - awaited: the servers that the worker waits for.
  ///   - awaitsMicrobatches: whether it has nothing to do until the coordinator hands out microbatches.
  package mutating func check(awaited: [Int], awaitsMicrobatches: Bool = false, now: Double) -> Finding? {
    for server in lastHeard.indices where !awaited.contains(server) { lastHeard[server] = now }
    if let silent = awaited.first(where: { now - lastHeard[$0] > deadline }) { return .silent(server: silent) }
    guard !awaited.isEmpty else {
      if let since = waitingSince { waits = (waits.1, now - since) }
      waitingSince = nil
      lastSent = now
      if !awaitsMicrobatches { lastAsked = now }
      guard now - lastAsked > Timing.retransmission else { return nil }
      lastAsked = now
      return .overdue
    }
    lastAsked = now
    if waitingSince == nil { waitingSince = lastSent }
    guard now - lastSent > patience else { return nil }
    lastSent = now
    return .overdue
  }
}
