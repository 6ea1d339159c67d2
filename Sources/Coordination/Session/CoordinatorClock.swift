/// What is due in a turn of the coordinator's loop: heartbeats to the members, the end of child processes, and whether the
/// loop itself was stopped.
///
/// Pure: time is seconds. The caller reads the time, takes in all messages that have arrived, and then calls `turn` with
/// that time, several times a second.
package struct CoordinatorClock: Hashable, Sendable {
  package enum Due: Hashable, Sendable {
    /// Hand the machine `exited`.
    case exited(Member, incarnation: UInt64, how: String)
    /// Hand the machine `tick`.
    case tick
    /// Hand the machine `paused` in place of `tick`: the process was stopped, and what it did not hear is no silence.
    case paused
    /// Send every member a heartbeat.
    case heartbeats
  }

  private struct Exit: Hashable, Sendable {
    let member: Member
    let incarnation: UInt64
    let how: String
    let due: Double
  }

  private var exits: [Exit] = []
  private var lastTurn: Double
  private var lastHeartbeats = -Double.infinity

  package init(now: Double) { lastTurn = now }

  /// A child process has ended.
  package mutating func exited(_ member: Member, incarnation: UInt64, how: String, now: Double) {
    exits.append(Exit(member: member, incarnation: incarnation, how: how, due: now + Timing.exitGrace))
  }

  /// What is due, in order.
  package mutating func turn(now: Double) -> [Due] {
    var due: [Due] = []
    while let exit = exits.first, exit.due <= now {
      exits.removeFirst()
      due.append(.exited(exit.member, incarnation: exit.incarnation, how: exit.how))
    }
    due.append(now - lastTurn > Timing.coordinatorPause ? .paused : .tick)
    lastTurn = now
    if now - lastHeartbeats >= Timing.heartbeat {
      lastHeartbeats = now
      due.append(.heartbeats)
    }
    return due
  }
}
