import Failures

/// How a process becomes a member, and a member ready.
extension Coordinator {
  mutating func admit(_ peer: Peer, _ hello: Hello, now: Double) -> [Effect] {
    guard plan.specHash.hasPrefix(hello.specHash) else {
      let sentence =
        "the \(hello.role.rawValue) was started for run \(hello.specHash.prefix(12)), "
        + "but this is run \(plan.specHash.prefix(12))"
      return refuse(.otherRun, [.refuse(peer, exitCode: ExitCode.unavailable, sentence)])
    }
    let hasStarted = phase.hasStarted
    var effects: [Effect] = []
    if let rank = hello.rank, let state = roster[Member(hello.role, rank)], state.peer != peer, hasStarted,
      state.incarnation == hello.incarnation || state.lease.silence(now: now) > Deadlines.takeover
    {
      effects = lose(Member(hello.role, rank), "another process took its rank", launchAfter: nil, now: now)
      if phase.hasEnded { return effects }
    }
    let result = roster.admit(
      peer, as: hello.role, rank: hello.rank, incarnation: hello.incarnation, badge: hello.badge, host: hello.host,
      isOpen: hasStarted, reserved: vacancies.members, now: now)
    switch result {
    case .success(let member):
      vacancies.fill(member)
      absences[member] = nil
      return effects + [.welcome(peer, member)]
    case .failure(let refusal):
      // A process that is back before its loss was noticed may ask again.
      let exitCode = hasStarted && hello.rank != nil ? ExitCode.tryAgain : ExitCode.unavailable
      return effects + refuse(.noRank, [.refuse(peer, exitCode: exitCode, refusal.sentence)])
    }
  }

  mutating func ready(_ member: Member, endpoint: String, _ fingerprint: Fingerprint, now: Double) -> [Effect] {
    guard let state = roster[member], !state.isReady else { return refuse(.repeatedReady) }
    roster[member]?.endpoint = endpoint
    roster[member]?.fingerprint = fingerprint
    let version = lowestVersion
    roster[member]?.readyVersion = version
    lastProgress = now
    if let disagreement = roster.disagreement(of: member, toleratesArithmetic: plan.toleratesOtherArithmetic) {
      guard phase.hasStarted else { return end(RunEnding(.failed, ExitCode.unavailable, disagreement)) }
      return [.stop(state.peer, exitCode: ExitCode.unavailable, sentence: disagreement)]
        + lose(member, disagreement, launchAfter: 0, now: now)
    }
    switch (phase, member.role) {
    case (.joining(hasStarted: false), _): return restoreIfComplete(now: now)
    case (.joining(hasStarted: true), _):
      return [event(.joined, of: member, "\(member) joined", now: now)] + restoreIfComplete(now: now)
    case (.training, .worker), (.closing, .worker):
      return [event(.joined, of: member, "\(member) joined", now: now)] + reassign(now: now)
    case (.restoring, .worker): return reassign(now: now)
    default: return []
    }
  }
}
