import Failures

/// How a member is lost or leaves, and what follows.
extension Coordinator {
  mutating func exited(_ member: Member, _ incarnation: UInt64, _ how: String, now: Double) -> [Effect] {
    if roster[member]?.incarnation == incarnation { return lose(member, how, launchAfter: 0, now: now) }
    guard vacancies.awaits(member, incarnation: incarnation) else { return refuse(.foreignExit) }
    return vacate(member, how, launchAfter: 0, now: now)
  }

  mutating func failed(_ member: Member, _ exitCode: Int32, _ sentence: String, now: Double) -> [Effect] {
    // A member that can't reach a peer may succeed in its next life; other failures would only repeat. One that comes to a
    // run that trains and can't take part, because its data are others, is no loss to the run.
    let isNewcomer = phase.hasStarted && roster[member]?.isReady != true
    guard exitCode == ExitCode.unavailable || exitCode == ExitCode.tryAgain || isNewcomer else {
      return end(RunEnding(.failed, exitCode, "\(member): \(sentence)"))
    }
    guard phase.hasStarted else { return end(unavailable("\(member): \(sentence)")) }
    return lose(member, sentence, launchAfter: 0, now: now)
  }

  /// Removes the member and continues without it.
  ///
  /// - Parameter launchAfter: seconds until a process is launched in its place; `nil` launches none.
  mutating func lose(_ member: Member, _ reason: String, launchAfter: Double?, now: Double) -> [Effect] {
    // Not for a server: its loss takes the run back, and the same step may kill it again.
    if member.role == .worker, let version = roster[member]?.readyVersion,
      lowestVersion - version >= Limits.provenSteps
    {
      vacancies.forgive(member)
    }
    roster.remove(member)
    var effects = [event(.lost, of: member, "\(member) lost: \(reason)", now: now)]
    if let launchAfter { effects += vacate(member, reason, launchAfter: launchAfter, now: now) }
    guard !phase.hasEnded else { return effects }
    switch member.role {
    case .worker: return effects + (roster.ready(.worker).isEmpty ? [] : reassign(now: now))
    case .server: return effects + goBack(now: now)
    }
  }

  private mutating func vacate(_ member: Member, _ reason: String, launchAfter: Double, now: Double) -> [Effect] {
    guard roster.planned.contains(member) else { return [] }
    let limit = phase.hasStarted ? Limits.losses : Limits.lossesBeforeTraining
    guard let count = vacancies.open(member, delay: launchAfter, limit: limit, now: now) else { return [] }
    return end(unavailable("\(member) was lost \(count) times within a few steps; last cause: \(reason)"))
  }

  /// Removes a worker for good.
  mutating func drain(_ member: Member, now: Double) -> [Effect] {
    guard obstacle(toDraining: member.rank) == nil, let state = roster[member] else { return refuse(.obstructedDrain) }
    roster.remove(member)
    return [
      .stop(state.peer, exitCode: ExitCode.done, sentence: "drained"),
      event(.drained, of: member, "\(member) drained", now: now),
    ] + reassign(now: now)
  }
}
