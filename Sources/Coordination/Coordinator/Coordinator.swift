import Parameters

/// The coordinator's part of the protocol: who takes part, how far the run may go, when its state is stored, when it ends.
///
/// Events in, effects out; time is a number that comes with each event. `RunPhase` shows the life of a run,
/// `Tests/Transcripts` what it looks like. The coordinator does no I/O, reads no clock and starts no thread. The caller calls
/// `handle` from one thread at a time, performs the returned effects in order and all of them before the next event, and need
/// not retry a send that fails. Its other duties, numbered as in `docs/protocol.md`:
///
/// 1. `now` comes from one monotonic clock, in seconds, and never decreases.
/// 2. `.tick` is due several times a second: deadlines and retransmission run only there.
/// 3. Before `.tick`, feed every message that has arrived.
/// 4. After a pause of your own, feed what has queued up, then `.paused` instead of `.tick`; `CoordinatorClock` says which.
/// 5. A `Peer` names one connection and is never reused for another.
/// 6. Feed `.hello`, `.from` and `.stranger` (of a peer that holds no place) only for messages with the run's key.
/// 7. Start with the highest `generation` ever stored, and with the versions that have a manifest.
/// 8. `.launch`: end what is left of the member's earlier process first; feed `.exited` once for every launched process, after
///    the messages that it sent.
/// 9. `.rewind`: store the generation durably and truncate the records before the next effect. If the version can't be used,
///    drop the rest of the batch and feed `.unreadable`.
/// 10. `.restore`: send the server its part of the version that the last `.rewind` loaded.
/// 11. Feed `.handedOver` only when every part of the server's state has arrived in the current generation.
/// 12. Feed `News.report` while you hold a server's report; record the report when the answer is `.record`.
/// 13. `.commit`: take the lengths of the record files now and write in the background, one checkpoint after another.
/// 14. Feed exactly one of `.stored`, once the manifest is durable, and `.storeFailed` per commit.
/// 15. Ask `obstacle(toDraining:)` before you feed `.drain`, which does nothing where there is one.
/// 16. Feed `.abandoned` if the records can't be written. After `.ended`, deliver the `.stop` messages and feed nothing more.
package struct Coordinator<Peer: Hashable & Sendable> {
  package let plan: RunPlan
  package internal(set) var phase = RunPhase.joining(hasStarted: false)
  package internal(set) var roster: Roster<Peer>
  var current: Generation
  var checkpoints: CheckpointLedger
  var vacancies: Vacancies
  /// Of members that were lost: where they ran, and when they were last heard.
  var absences: [Member: (host: String, lastHeard: Double)] = [:]
  let start: Double
  /// When any member last made progress, or a phase began to wait for some.
  var lastProgress: Double
  var diskWait = DiskWait()
  var delay: ObservedDelay
  /// The connections of members that were lost, by incarnation.
  var lostPeers: [UInt64: Peer] = [:]
  /// Those of them whose process is said to have ended. One that speaks after that lives on a host that was lost.
  var endedPeers: Set<Peer> = []
  /// How often each guard has refused an event.
  package internal(set) var refused: [CoordinatorGuard: Int] = [:]
  private var lastTurn: Double

  /// - Parameters:
  ///   - generation: the highest of the run so far, 0 for a new one.
  ///   - committed: versions whose state is on the disk, ascending; none for a new run.
  package init(plan: RunPlan, generation: UInt64 = 0, committed: [Int] = [], now: Double) {
    self.plan = plan
    start = now
    lastProgress = now
    lastTurn = now
    delay = ObservedDelay(now: now)
    roster = Roster(serverCount: plan.serverCount, workerCount: plan.workerCount)
    current = Generation(before: generation)
    // A run that was cut off after its last step repeats a few steps, and ends in the usual way.
    checkpoints = CheckpointLedger(committed: committed.filter { $0 < plan.steps })
    vacancies = Vacancies(roster.planned, now: now)
  }

  /// Takes one event and returns what has to be done about it, in order.
  package mutating func handle(_ event: Event, now: Double) -> [Effect] {
    guard !phase.hasEnded else { return refuse(.afterEnd) }
    switch event {
    case .hello(let peer, let hello): return admit(peer, hello, now: now)
    case .from(let peer, let news):
      guard let member = roster.member(at: peer) else { return refuse(.stranger, [answer(toStranger: peer)]) }
      let gap = roster[member]?.lease.heard(now: now) ?? 0
      if roster[member]?.isMissed == true {
        return takeBack(member, after: gap, now: now) + take(news, from: member, at: peer, now: now)
      }
      // One that reads its images says nothing meanwhile.
      if roster[member]?.isReady == true { delay.note(gap, now: now) }
      return take(news, from: member, at: peer, now: now)
    // A member that was declared failed is back.
    case .stranger(let peer): return refuse(.stranger, [answer(toStranger: peer)])
    case .exited(let member, let incarnation, let how): return exited(member, incarnation, how, now: now)
    case .stored(let version): return stored(version, now: now)
    case .storeFailed(let version, let sentence): return storeFailed(version, sentence, now: now)
    case .unreadable(let version, let sentence): return unreadable(version, sentence, now: now)
    case .drain(let rank): return drain(Member(.worker, rank), now: now)
    case .interrupted(let signal): return interrupt(signal, now: now)
    case .abandoned(let ending): return end(ending)
    case .paused:
      // What came before the pause counts: one that is paused often would never lose anybody otherwise.
      let pause = now - lastTurn
      noteTurn(now: now)
      roster.excuse(pause, now: now)
      lastProgress = min(now, lastProgress + pause)
      return []
    case .tick:
      noteTurn(now: now)
      return tick(now: now)
    }
  }

  /// The coordinator waits for the same processors as the members of its machine.
  private mutating func noteTurn(now: Double) {
    delay.note(now - lastTurn, now: now)
    lastTurn = now
  }

  private mutating func take(_ news: News, from member: Member, at peer: Peer, now: Double) -> [Effect] {
    switch (news, member.role) {
    case (.heartbeat(let pulse), _):
      if roster[member]?.note(pulse, now: now) == true { lastProgress = now }
      return trainIfRestored(now: now) + keepHeldVersion(now: now)
    case (.ready(let endpoint, let fingerprint), _):
      return ready(member, endpoint: endpoint, fingerprint, now: now)
    case (.fetch(generation, let version), .server) where version == current.firstVersion:
      return [.restore(peer, member, generation: generation, version: version)]
    case (.handedOver(generation, let version), .server): return collect(version, from: member, now: now)
    case (.reported(generation, let version), .server):
      guard expectsReport(of: version, from: member) else { return refuse(.reportOutOfTurn) }
      current.reported[member.rank] = version
      return [.record(server: member.rank, version: version)] + advance(now: now)
    case (.evaluated(generation, let version, let node, let tally), .worker):
      return count(tally, of: version, at: node, now: now)
    case (.microbatches(generation, let request), .worker): return handOut(request, to: member)
    case (.diverged(generation, let step, let what, let senders), .server):
      current.noteDivergence(.init(step: step, rank: member.rank, what: what, senders: senders), now: now)
      return []
    case (.failed(let exitCode, let sentence), _): return failed(member, exitCode, sentence, now: now)
    default: return refuse(.otherGeneration)
    }
  }
}
