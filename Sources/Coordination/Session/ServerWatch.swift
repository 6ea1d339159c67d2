/// When a worker sends its requests again, and when it gives up a server that does not answer.
///
/// Pure: servers are ranks, time is seconds.
package struct ServerWatch: Hashable, Sendable {
  package enum Finding: Hashable, Sendable {
    /// Requests have been unanswered for `Timing.retransmission`: send them again.
    case overdue
    /// The server has been silent for too long.
    case silent(server: Int)
  }

  /// Seconds of an awaited server's silence after which the worker gives up.
  package let deadline: Double
  /// When each server last sent anything, or was not awaited.
  private var lastHeard: [Double] = []
  private var lastSent: Double

  /// - Parameter joinDeadline: seconds that a server may take to return to the run.
  package init(joinDeadline: Double, now: Double) {
    deadline = max(Timing.serverSilence, joinDeadline) + Timing.serverMargin
    lastSent = now
  }

  /// A generation begins, with these servers.
  package mutating func enter(serverCount: Int, now: Double) {
    lastHeard = Array(repeating: now, count: serverCount)
  }

  package mutating func heard(_ server: Int, now: Double) { lastHeard[server] = now }

  /// What is due now; to be asked several times a second, after all messages have been taken in.
  ///
  /// - Parameter awaited: the servers that the worker waits for.
  package mutating func check(awaited: [Int], now: Double) -> Finding? {
    for server in lastHeard.indices where !awaited.contains(server) { lastHeard[server] = now }
    if let silent = awaited.first(where: { now - lastHeard[$0] > deadline }) { return .silent(server: silent) }
    guard !awaited.isEmpty else {
      lastSent = now
      return nil
    }
    guard now - lastSent > Timing.retransmission else { return nil }
    lastSent = now
    return .overdue
  }
}
