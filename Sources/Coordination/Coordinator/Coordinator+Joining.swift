import Failures
import Parameters

extension Coordinator {
  /// Seconds of silence after which somebody else may take a member's place.
  private static var absence: Double { 1 }

  mutating func admit(_ peer: Peer, _ hello: Hello, now: Double) -> [Effect] {
    guard plan.specHash.hasPrefix(hello.specHash) else {
      return [
        .refuse(
          peer, exitCode: ExitCode.unavailable,
          "the \(hello.role.rawValue) was started for the run \(hello.specHash.prefix(12)), "
            + "this is \(plan.specHash.prefix(12)); start it with the command that tare train printed")
      ]
    }
    var effects: [Effect] = []
    if let rank = hello.rank, let seat = roster[Member(hello.role, rank)], seat.peer != peer, hasStarted,
      seat.incarnation == hello.incarnation || seat.lease.silence(now: now) > Self.absence
    {
      effects = lose(Member(hello.role, rank), "another process took its place", launchAfter: nil, now: now)
    }
    switch roster.seat(
      peer, as: hello.role, rank: hello.rank, incarnation: hello.incarnation, isOpen: hasStarted,
      reserved: Set(vacancies.keys), now: now)
    {
    case .success(let member):
      vacancies[member] = nil
      return effects + [.welcome(peer, member)]
    case .failure(let refusal):
      // Who comes back before it was missed may ask again.
      let exitCode = hasStarted && hello.rank != nil ? ExitCode.tryAgain : ExitCode.unavailable
      return effects + [.refuse(peer, exitCode: exitCode, refusal.sentence)]
    }
  }

  mutating func ready(_ member: Member, endpoint: String, _ fingerprint: Fingerprint, now: Double) -> [Effect] {
    guard let seat = roster[member], !seat.isReady else { return [] }
    roster[member]?.endpoint = endpoint
    roster[member]?.fingerprint = fingerprint
    let version = lowestVersion
    roster[member]?.readyVersion = version
    lastProgress = now
    if let disagreement = roster.disagreement(of: member) {
      guard hasStarted else { return end(RunEnding(.failed, ExitCode.unavailable, disagreement)) }
      return [.stop(seat.peer, exitCode: ExitCode.unavailable, sentence: disagreement)]
        + lose(member, disagreement, launchAfter: 0, now: now)
    }
    switch phase {
    case .joining: return (hasStarted ? [incident("\(member) joined", now: now)] : []) + restoreIfComplete(now: now)
    case .training where member.role == .worker: return [incident("\(member) joined", now: now)] + reassign(now: now)
    default: return []
    }
  }

  /// Whether enough members are ready: all that were planned at the start, later every server and some worker.
  private var isComplete: Bool {
    let needed = hasStarted ? roster.planned.filter { $0.role == .server } : roster.planned
    return needed.allSatisfy { roster[$0]?.isReady == true } && !roster.ready(.worker).isEmpty
  }

  /// Enters the next generation at the last version on the disk.
  mutating func restoreIfComplete(now: Double) -> [Effect] {
    // What is still being written may be a later version than the last one.
    guard phase == .joining, isComplete, commits.isEmpty else { return [] }
    phase = .restoring
    generation += 1
    number += 1
    firstVersion = committed.last ?? 0
    reported = Dictionary(uniqueKeysWithValues: (0..<plan.serverCount).map { ($0, firstVersion) })
    (divergences, divergedAt) = ([], nil)
    milestone =
      committed.isEmpty
      ? Milestone(version: 0, evaluates: nil, keeps: 0..<plan.serverCount) : milestone(after: firstVersion)
    lastProgress = now
    return [.rewind(generation: generation, version: firstVersion)] + orderServers(now: now)
  }

  mutating func unreadable(_ version: Int, _ sentence: String, now: Double) -> [Effect] {
    committed.removeAll { $0 == version }
    guard phase == .restoring, version == firstVersion else { return [] }
    phase = .joining
    return [incident("the checkpoint of step \(version) was skipped: \(sentence)", now: now)]
      + restoreIfComplete(now: now)
  }

  /// Begins to train once every server has entered the generation.
  mutating func trainIfRestored(now: Double) -> [Effect] {
    guard phase == .restoring,
      (0..<plan.serverCount).allSatisfy({ roster[Member(.server, $0)]?.pulse.generation == generation })
    else { return [] }
    phase = .training
    lastProgress = now
    let isFirst = !hasStarted
    hasStarted = true
    shareOut()
    var effects: [Effect] = isFirst ? [.started] : []
    if !isFirst || firstVersion > 0 {
      effects.append(incident("training \(isFirst ? "is resumed" : "goes on") from step \(firstVersion)", now: now))
    }
    return effects + orderWorkers(now: now) + advance(now: now)
  }
}
