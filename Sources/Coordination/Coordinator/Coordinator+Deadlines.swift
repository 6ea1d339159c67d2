import Failures

/// What happens because time has passed.
extension Coordinator {
  mutating func tick(now: Double) -> [Effect] {
    let isUrgent = phase.hasStarted && roster.ready(.worker).isEmpty
    var effects = vacancies.launchDue(now: now, isUrgent: isUrgent).map { Effect.launch($0, incarnation: $1) }
    effects += noteDisk(now: now)
    for check in [checkJoining, checkDivergence, checkInterruption, checkProgress] {
      if let ending = check(now) { return effects + end(ending) }
    }
    effects += loseSilent(now: now)
    return effects + retransmitOrders(now: now)
  }

  private func checkJoining(now: Double) -> RunEnding? {
    let missed = roster.present.filter { roster[$0]?.isMissed == true }
    var isWaiting = phase.hasStarted && roster.ready(.worker).isEmpty
    switch phase {
    case .joining: isWaiting = true
    case .restoring, .training: isWaiting = isWaiting || !missed.isEmpty
    case .closing, .ended: break
    }
    guard isWaiting, now - lastProgress > plan.joinDeadline else { return nil }
    let absent = missed + missing.filter { roster[$0] == nil }
    let (late, what) =
      absent.isEmpty ? (missing, "become ready") : (absent, phase.hasStarted ? "return" : "join")
    let names = late.map { name($0, now: now) }.joined(separator: ", ")
    return unavailable("\(names) did not \(what) within \(Int(plan.joinDeadline)) s")
  }

  /// The member, and where and for how long it has not been heard, as far as that is known.
  private func name(_ member: Member, now: Double) -> String {
    let known = roster[member].map { (host: $0.host, lastHeard: now - $0.lease.silence(now: now)) } ?? absences[member]
    guard let (host, lastHeard) = known else { return "\(member)" }
    let silence = Int(now - lastHeard)
    let facts = (host.isEmpty ? [] : ["on host \(host)"]) + (silence == 0 ? [] : ["last heard \(silence) s ago"])
    return facts.isEmpty ? "\(member)" : "\(member) (\(facts.joined(separator: ", ")))"
  }

  /// Writing is progress, however long it takes; the run says that it waits for it.
  private mutating func noteDisk(now: Double) -> [Effect] {
    let awaitsDisk = awaitsDisk
    if awaitsDisk { lastProgress = now }
    guard let seconds = diskWait.look(isWaiting: awaitsDisk, now: now) else { return [] }
    return [
      event(
        .diskWait, "waited \(Int(seconds)) s for the disk, which takes checkpoints more slowly than they are due",
        now: now)
    ]
  }

  private func checkProgress(now: Double) -> RunEnding? {
    if case .joining = phase { return nil }
    guard now - lastProgress > plan.progressDeadline else { return nil }
    let state = roster.present.map { "\($0) at \(roster[$0]?.pulse.progress ?? 0)" }.joined(separator: ", ")
    return unavailable(
      "no progress for \(Int(plan.progressDeadline)) s (\(state)); check that every worker can reach every server")
  }

  private func checkDivergence(now: Double) -> RunEnding? {
    guard let divergence = current.divergence, now - divergence.firstHeard > Deadlines.divergenceReports,
      let first = divergence.first
    else { return nil }
    guard first.senders.isEmpty else {
      let workers = first.senders.map { "\(Member(.worker, $0))" }.joined(separator: " and ")
      return RunEnding(
        .diverged, ExitCode.badData,
        "step \(first.step) is not finite in \(first.what): the gradient of \(workers) is not, those of the others are; "
          + "check that machine, or the data")
    }
    return RunEnding(
      .diverged, ExitCode.badData,
      "step \(first.step) is not finite in \(first.what) at learning rate \(plan.learningRate); "
        + "try a lower learning rate or a warm-up, or check the data"
    )
  }

  private func checkInterruption(now: Double) -> RunEnding? {
    guard let interruption = phase.interruption, now > interruption.deadline else { return nil }
    return interruption.ending
  }

  /// The failure detector: loses members that are silent or hung.
  private mutating func loseSilent(now: Double) -> [Effect] {
    var effects: [Effect] = []
    for member in roster.present where !phase.hasEnded {
      guard let state = roster[member] else { continue }
      var reason: String?
      let deadline = state.isReady ? delay.deadline(limit: plan.silenceDeadline) : plan.loadingDeadline
      if state.lease.silence(now: now) > deadline {
        if member.role == .server, state.isReady, phase.hasStarted {
          effects += miss(member, deadline: deadline, now: now)
          continue
        }
        reason = Self.silence(of: state, for: deadline)
      } else if state.isHung(now: now, deadline: plan.computeDeadline) {
        reason = "no microbatch finished for \(Self.rounded(now - state.lastProgress)) s"
      }
      guard let reason else { continue }
      // Once the run has started, others do a worker's work.
      let isNeeded = member.role == .server || !phase.hasStarted
      effects += lose(member, reason, launchAfter: isNeeded ? 0 : Deadlines.workerReturn, now: now)
    }
    return effects
  }
}
