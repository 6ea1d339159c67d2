import Parameters

/// The coordinator's part of the protocol: who takes part, how far the run may go, when its state is kept, when it ends.
///
/// Events in, effects out; time is a number that comes with each event. The life of a run:
/// joining → restoring (servers enter a generation) → training, from one milestone to the next → ended. Losing a server
/// leads back to joining and into the next generation, which begins at the last version that is on the disk. Losing a
/// worker moves its microbatches.
package struct Coordinator<Peer: Hashable & Sendable> {
  package let plan: RunPlan
  package internal(set) var phase = Phase.joining
  package internal(set) var roster: Roster<Peer>
  /// Fences out whoever belongs to an earlier start, rewind or resume.
  package internal(set) var generation: UInt64
  /// Versions whose state is on the disk, ascending.
  package internal(set) var committed: [Int]

  let start: Double
  let tree: ReductionTree
  let chunks: ReductionTree
  /// Of the orders in force.
  var number = 0
  /// Where the generation began.
  var firstVersion = 0
  var milestone: Milestone?
  /// The version of each server's last report that was taken in.
  var reported: [Int: Int] = [:]
  /// The microbatches of each worker.
  var leases: [Member: [ReductionTree.Node]] = [:]
  var chunkLeases: [Member: [ReductionTree.Node]] = [:]
  /// Versions that are on their way to the disk.
  var commits: Set<Int> = []
  var failedCommits = 0
  var vacancies: [Member: Vacancy] = [:]
  /// How often each member was lost since the last milestone, or a worker since it was of use.
  var losses: [Member: Int] = [:]
  var lastIncarnation: UInt64 = 0
  var joiningSince: Double
  var hasStarted = false
  var lastProgress: Double
  var divergences: [(step: Int, rank: Int, what: String)] = []
  var divergedAt: Double?
  var interruption: Interruption?
  /// How the run ends once this version is on the disk.
  var closing: (version: Int, ending: RunEnding)?

  /// - Parameters:
  ///   - generation: the highest of the run so far, 0 for a new one.
  ///   - committed: versions whose state is on the disk, ascending; none for a new run.
  package init(plan: RunPlan, generation: UInt64 = 0, committed: [Int] = [], now: Double) {
    self.plan = plan
    self.generation = generation
    // A run that was cut off after its last step does a few again, and comes to its end in the usual way.
    self.committed = committed.filter { $0 < plan.steps }
    start = now
    joiningSince = now
    lastProgress = now
    roster = Roster(serverCount: plan.serverCount, workerCount: plan.workerCount)
    tree = ReductionTree(leafCount: plan.microbatches)
    chunks = ReductionTree(leafCount: plan.evaluationChunks)
    for member in roster.planned { vacancies[member] = Vacancy(launchAt: now) }
  }

  package enum Phase: Hashable, Sendable { case joining, restoring, training, ended }

  /// The version that no server goes beyond; 0 before the first milestone.
  package var horizon: Int { milestone?.version ?? 0 }

  /// Takes one event and returns what has to be done about it, in order.
  package mutating func handle(_ event: Event, now: Double) -> [Effect] {
    guard phase != .ended else { return [] }
    switch event {
    case .hello(let peer, let hello): return admit(peer, hello, now: now)
    case .from(let peer, let news):
      guard let member = roster.member(at: peer) else { return [.rejoin(peer)] }
      roster[member]?.lease.heard(now: now)
      return take(news, from: member, at: peer, now: now)
    // A member that was declared failed is back.
    case .stranger(let peer): return [.rejoin(peer)]
    case .exited(let member, let incarnation, let how): return exited(member, incarnation, how, now: now)
    case .stored(let version): return stored(version, now: now)
    case .storeFailed(let version, let sentence): return storeFailed(version, sentence, now: now)
    case .unreadable(let version, let sentence): return unreadable(version, sentence, now: now)
    case .drain(let rank): return drain(Member(.worker, rank), now: now)
    case .interrupted(let signal): return interrupt(signal, now: now)
    case .abandoned(let ending): return end(ending)
    case .paused:
      roster.restartLeases(now: now)
      lastProgress = now
      return []
    case .tick: return tick(now: now)
    }
  }

  private mutating func take(_ news: News, from member: Member, at peer: Peer, now: Double) -> [Effect] {
    switch (news, member.role) {
    case (.heartbeat(let pulse), _):
      if roster[member]?.note(pulse, now: now) == true { lastProgress = now }
      return trainIfRestored(now: now) + stopIfHeld(now: now)
    case (.ready(let endpoint, let fingerprint), _):
      return ready(member, endpoint: endpoint, fingerprint, now: now)
    case (.fetch(generation, let version), .server) where version == firstVersion:
      return [.restore(peer, member, generation: generation, version: version)]
    case (.handedOver(generation, let version), .server):
      // A server may be faster than the word that all others have entered the generation.
      guard phase == .training || phase == .restoring, version == milestone?.version else { return [] }
      milestone?.awaited.remove(member.rank)
      lastProgress = now
      return advance(now: now)
    case (.reported(generation, let version), .server):
      guard expectsReport(of: version, from: member) else { return [] }
      reported[member.rank] = version
      return [.record(server: member.rank, version: version)] + advance(now: now)
    case (.evaluated(generation, let version, let node, let tally), .worker):
      guard phase == .training, version == milestone?.version,
        milestone?.evaluation?.insert(tally, at: node) == .accepted
      else { return [] }
      return advance(now: now)
    case (.diverged(generation, let step, let what), .server):
      divergences.append((step, member.rank, what))
      divergedAt = divergedAt ?? now
      return []
    case (.failed(let exitCode, let sentence), _): return failed(member, exitCode, sentence, now: now)
    default: return []
    }
  }

  /// Whether a server's report of `version` is the next one that the records need of it; others came too early or again.
  private func expectsReport(of version: Int, from member: Member) -> Bool {
    guard phase == .training, let last = reported[member.rank] else { return false }
    return version == plan.nextReport(after: last)
  }

  mutating func end(_ ending: RunEnding) -> [Effect] {
    phase = .ended
    return roster.peers.map { .stop($0, exitCode: ending.exitCode, sentence: ending.sentence) } + [.ended(ending)]
  }

  mutating func endUnavailable(_ sentence: String) -> [Effect] {
    end(unavailable(sentence))
  }

  /// An event for the records.
  func incident(_ what: String, now: Double) -> Effect {
    .happened(RunEvent(seconds: now - start, step: lowestVersion, what: what))
  }

  /// How many microbatches `member` computes in each step.
  package func microbatches(of member: Member) -> Int { leases[member, default: []].reduce(0) { $0 + $1.count } }

  /// No server of the generation is behind this version.
  package var lowestVersion: Int {
    let versions = (0..<plan.serverCount).map { rank in
      let pulse = roster[Member(.server, rank)]?.pulse
      return max(pulse?.generation == generation ? pulse?.progress ?? 0 : 0, reported[rank, default: 0])
    }
    return max(firstVersion, versions.min() ?? firstVersion)
  }
}
