import Failures

/// How a member is lost or leaves, and what follows.
extension Coordinator {
  mutating func exited(_ member: Member, _ incarnation: UInt64, _ how: String, now: Double) -> [Effect] {
    if let state = roster[member], state.incarnation == incarnation {
      // One that is missed may be ended to make room for another.
      endedPeers.insert(state.peer)
      let reason = state.isMissed ? Self.silence(of: state, for: state.lease.silence(now: now)) : how
      return lose(member, reason, launchAfter: vacancies.isOpen(member) ? nil : 0, now: now)
    }
    if let peer = lostPeers[incarnation] { endedPeers.insert(peer) }
    guard vacancies.awaits(member, incarnation: incarnation) else { return refuse(.foreignExit) }
    return vacate(member, how, launchAfter: 0, now: now)
  }

  /// A process that was declared failed may join again; one that was given up with its host is about to be ended there.
  func answer(toStranger peer: Peer) -> Effect {
    guard endedPeers.contains(peer) else { return .rejoin(peer) }
    return .stop(
      peer, exitCode: ExitCode.unavailable, sentence: "its host was lost, and another process runs in its place")
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

  /// A server is silent: nothing goes on without its state, which it may bring back. Whoever takes its rank takes the run back
  /// to the last checkpoint, so another process is launched only after a while.
  ///
  /// - Parameter deadline: of its silence.
  mutating func miss(_ server: Member, deadline: Double, now: Double) -> [Effect] {
    guard let state = roster[server] else { return [] }
    let silence = state.lease.silence(now: now)
    let reason = Self.silence(of: state, for: deadline)
    guard state.isMissed else {
      roster[server]?.isMissed = true
      return [event(.missed, of: server, "\(server) is missed: \(reason); the run waits for it", now: now)]
    }
    guard silence > deadline + Deadlines.serverReturn, !vacancies.isOpen(server) else { return [] }
    return vacate(server, reason, launchAfter: 0, now: now)
  }

  /// A server that was missed is heard. What it did not hear is sent again: a generation that may have begun meanwhile, too.
  mutating func takeBack(_ server: Member, after silence: Double, now: Double) -> [Effect] {
    roster[server]?.isMissed = false
    vacancies.withdraw(server)
    return [event(.returned, of: server, "\(server) is back after \(Self.rounded(silence)) s", now: now)]
      + [order(server, now: now)].compactMap(\.self)
  }

  /// What a silence is called, and where.
  static func silence(of state: MemberState<Peer>, for seconds: Double) -> String {
    "no message for \(rounded(seconds)) s" + (state.host.isEmpty ? "" : ", on host \(state.host)")
  }

  static func rounded(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }

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
    if let state = roster[member] {
      absences[member] = (state.host, now - state.lease.silence(now: now))
      lostPeers[state.incarnation] = state.peer
    }
    roster.remove(member)
    var effects = [event(.lost, of: member, "\(member) lost: \(reason)", now: now)] + takeBack(from: member)
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
    ] + takeBack(from: member) + reassign(now: now)
  }
}
