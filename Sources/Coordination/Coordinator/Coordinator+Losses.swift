import Failures
import Parameters

extension Coordinator {
  /// How often a member may be lost between two milestones, or a worker within a few steps.
  private var mostLosses: Int { hasStarted ? 5 : 2 }
  /// Steps in which a worker has shown that it is of use.
  private static var fewSteps: Int { 20 }
  /// Seconds that a silent worker has to come back, while others do its work, before it is replaced.
  private static var grace: Double { 10 }

  mutating func exited(_ member: Member, _ incarnation: UInt64, _ how: String, now: Double) -> [Effect] {
    if roster[member]?.incarnation == incarnation {
      return lose(member, how, launchAfter: 0, now: now)
    }
    guard let vacancy = vacancies[member], vacancy.incarnation == incarnation else { return [] }
    return vacate(member, how, launchAfter: 0, now: now)
  }

  mutating func failed(_ member: Member, _ exitCode: Int32, _ sentence: String, now: Double) -> [Effect] {
    // Whoever can't reach a peer may do better in its next life; other failures would only repeat.
    guard exitCode == ExitCode.unavailable || exitCode == ExitCode.tryAgain else {
      return end(RunEnding(.failed, exitCode, "\(member): \(sentence)"))
    }
    guard hasStarted else { return endUnavailable("\(member): \(sentence)") }
    return lose(member, sentence, launchAfter: 0, now: now)
  }

  /// Takes the member's place away and does without it.
  ///
  /// - Parameter launchAfter: seconds until a process is started in its place; `nil` starts none.
  mutating func lose(_ member: Member, _ reason: String, launchAfter: Double?, now: Double) -> [Effect] {
    // A server's loss takes the run back: the same step may kill it again.
    if member.role == .worker, let version = roster[member]?.readyVersion, lowestVersion - version >= Self.fewSteps {
      losses[member] = nil
    }
    roster.remove(member)
    var effects = [incident("\(member) lost: \(reason)", now: now)]
    if let launchAfter { effects += vacate(member, reason, launchAfter: launchAfter, now: now) }
    guard phase != .ended else { return effects }
    switch member.role {
    case .worker: return effects + (roster.ready(.worker).isEmpty ? [] : reassign(now: now))
    case .server:
      // Nothing but the disk is awaited once the last state has been handed over.
      guard phase == .training || phase == .restoring, closing == nil else { return effects }
      if let interruption { return effects + end(interruption.ending) }
      phase = .joining
      joiningSince = now
      return effects
    }
  }

  private mutating func vacate(_ member: Member, _ reason: String, launchAfter: Double, now: Double) -> [Effect] {
    guard roster.planned.contains(member) else { return [] }
    let count = losses[member, default: 0] + 1
    losses[member] = count
    guard count <= mostLosses else {
      return endUnavailable("\(member) was lost \(count) times within a few steps, the last time: \(reason)")
    }
    let delay = count == 1 ? launchAfter : max(launchAfter, 0.25 * Double(1 << count))
    vacancies[member] = Vacancy(launchAt: now + delay)
    return []
  }

  /// Starts a process for every place that is due.
  private mutating func launchDue(now: Double) -> [Effect] {
    let isIdle = roster.ready(.worker).isEmpty
    return vacancies.keys.sorted().compactMap { member in
      guard let vacancy = vacancies[member], let launchAt = vacancy.launchAt else { return nil }
      guard launchAt <= now || isIdle && hasStarted && member.role == .worker && losses[member, default: 0] <= 1 else {
        return nil
      }
      lastIncarnation += 1
      vacancies[member]?.launchAt = nil
      vacancies[member]?.incarnation = lastIncarnation
      return .launch(member, incarnation: lastIncarnation)
    }
  }

  /// Lets a worker go for good.
  mutating func drain(_ member: Member, now: Double) -> [Effect] {
    guard let seat = roster[member] else { return [] }
    roster.remove(member)
    return [
      .stop(seat.peer, exitCode: ExitCode.done, sentence: "drained"), incident("\(member) drained", now: now),
    ] + reassign(now: now)
  }

  /// Why `rank` can't be let go; `nil` if it can.
  package func obstacle(toDraining rank: Int) -> String? {
    let workers = roster.present.filter { $0.role == .worker }
    guard workers.contains(Member(.worker, rank)) else {
      return "the run has no worker \(rank); it has \(workers.map { String($0.rank) }.joined(separator: ", "))"
    }
    guard phase == .training else { return "the run is not training yet" }
    return roster.ready(.worker).contains { $0.rank != rank } ? nil : "worker \(rank) is the run's last"
  }

  mutating func tick(now: Double) -> [Effect] {
    var effects = launchDue(now: now)
    for check in [checkJoining, checkDivergence, checkInterruption, checkProgress] {
      if let last = check(now) { return effects + end(last) }
    }
    effects += loseSilent(now: now)
    return phase == .ended ? effects : effects + repeatOrders(now: now)
  }

  private mutating func loseSilent(now: Double) -> [Effect] {
    var effects: [Effect] = []
    for member in roster.present where phase != .ended {
      guard let seat = roster[member] else { continue }
      // Who still reads its images has no time for heartbeats.
      let limit = seat.isReady ? plan.silenceDeadline : max(plan.silenceDeadline, plan.joinDeadline / 4)
      var reason: String?
      if seat.lease.hasEnded(now: now, limit: limit) {
        reason = "silent for \(Self.rounded(seat.lease.deadline(limit: limit))) s"
      } else if seat.isHung(now: now, patience: plan.computeDeadline) {
        reason = "no microbatch finished for \(Self.rounded(now - seat.lastProgress)) s"
      }
      guard let reason else { continue }
      // Others do a worker's work, once there is any.
      let isNeeded = member.role == .server || !hasStarted
      effects += lose(member, reason, launchAfter: isNeeded ? 0 : Self.grace, now: now)
    }
    return effects
  }

  private static func rounded(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }
}
