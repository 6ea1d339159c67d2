import Parameters

/// The coordinator's part of the protocol: who takes part, how far the run may go, when it ends.
///
/// Events in, effects out; time is a number that comes with each event. The life of a run:
/// joining → opening (servers hand over version 0) → training, from one evaluation to the next → closing (servers hand
/// over the last version) → ended.
package struct Coordinator<Peer: Hashable & Sendable> {
  package let plan: RunPlan
  package private(set) var phase = Phase.joining
  package private(set) var roster: Roster<Peer>
  /// The version below which every server may apply updates.
  package private(set) var horizon = 0

  private let start: Double
  private let generation: UInt64 = 1
  private let tree: ReductionTree
  private let chunks: ReductionTree
  private var evaluation: TreeSum<Tally>
  private var reported: [Int: Int] = [:]
  private var handedOver: Set<Int> = []
  private var lastProgress: Double
  private var divergences: [(step: Int, rank: Int, what: String)] = []
  private var divergedAt: Double?

  /// Seconds that other servers have to report a step that is not finite, so that the same one is named every time.
  private static var grace: Double { 0.5 }

  package init(plan: RunPlan, now: Double) {
    self.plan = plan
    start = now
    lastProgress = now
    roster = Roster(serverCount: plan.serverCount, workerCount: plan.workerCount)
    tree = ReductionTree(leafCount: plan.microbatches)
    chunks = ReductionTree(leafCount: plan.evaluationChunks)
    evaluation = TreeSum(over: chunks, combine: +)
  }

  package enum Phase: Hashable, Sendable { case joining, opening, training, closing, ended }

  /// Takes one event and returns what has to be done about it, in order.
  package mutating func handle(_ event: Event, now: Double) -> [Effect] {
    guard phase != .ended else { return [] }
    switch event {
    case .hello(let peer, let hello): return admit(peer, hello, now: now)
    case .tick: return checkDeadlines(now: now)
    case .abandoned(let outcome, let exitCode, let sentence): return end(outcome, exitCode, sentence)
    case .exited(let member, let how):
      return end(.failed, ExitCode.unavailable, "\(member) ended before the run did: \(how)")
    case .from(let peer, let news):
      guard let member = roster.member(at: peer) else { return [] }
      roster.heard(from: member, now: now)
      return take(news, from: member, now: now)
    }
  }

  private mutating func take(_ news: News, from member: Member, now: Double) -> [Effect] {
    switch (news, member.role) {
    case (.heartbeat(let progress), _):
      if roster.noteProgress(progress, of: member) { lastProgress = now }
      return []
    case (.ready(let endpoint, let fingerprint), _):
      guard phase == .joining else { return [] }
      roster.setReady(member, endpoint: endpoint, fingerprint: fingerprint)
      lastProgress = now
      return roster.notReady.isEmpty ? open() : []
    case (.handedOver(let version), .server):
      guard (phase == .opening && version == 0) || (phase == .closing && version == plan.steps) else { return [] }
      handedOver.insert(member.rank)
      guard handedOver.count == plan.serverCount else { return [] }
      handedOver = []
      return phase == .opening ? train(now: now) : end(.done, ExitCode.done, "done")
    case (.reported(let version), .server):
      reported[member.rank] = version
      return advanceIfEvaluated()
    case (.evaluated(let version, let node, let tally), .worker):
      guard phase == .training, version == horizon, evaluation.insert(tally, at: node) == .accepted else { return [] }
      return advanceIfEvaluated()
    case (.diverged(let step, let what), .server):
      divergences.append((step, member.rank, what))
      divergedAt = divergedAt ?? now
      return []
    case (.failed(let exitCode, let sentence), _): return end(.failed, exitCode, "\(member): \(sentence)")
    default: return []
    }
  }

  private mutating func admit(_ peer: Peer, _ hello: Hello, now: Double) -> [Effect] {
    guard plan.specHash.hasPrefix(hello.specHash) else {
      return [
        .refuse(
          peer,
          "the \(hello.role.rawValue) was started for the run \(hello.specHash.prefix(12)), "
            + "this is \(plan.specHash.prefix(12)); start it with the command that tare train printed")
      ]
    }
    switch roster.seat(peer, as: hello.role, rank: hello.rank, now: now) {
    case .success(let member): return [.welcome(peer, member)]
    case .failure(let refusal): return [.refuse(peer, refusal.sentence)]
    }
  }

  private mutating func open() -> [Effect] {
    if let disagreement = roster.disagreement { return end(.failed, ExitCode.unavailable, disagreement) }
    phase = .opening
    horizon = plan.evaluations.next(after: 0, steps: plan.steps)
    return servers.flatMap { peer in
      [
        Effect.begin(peer, Begin(generation: generation, version: 0, endpoints: [], nodes: [], horizon: horizon)),
        .collect(peer, generation: generation, version: 0),
      ]
    }
  }

  private mutating func train(now: Double) -> [Effect] {
    phase = .training
    lastProgress = now
    let endpoints = (0..<plan.serverCount).map { roster[Member(.server, $0)]?.endpoint ?? "" }
    let begins = workers.map { rank, peer in
      Effect.begin(
        peer,
        Begin(
          generation: generation, version: 0, endpoints: endpoints, nodes: plan.nodes(of: rank, in: tree),
          horizon: horizon))
    }
    return begins + [.started] + evaluations()
  }

  /// Evaluation belongs to the horizon: no server goes beyond it until every chunk is counted.
  private func evaluations() -> [Effect] {
    workers.map { rank, peer in
      .evaluate(peer, generation: generation, version: horizon, nodes: plan.nodes(of: rank, in: chunks))
    }
  }

  private mutating func advanceIfEvaluated() -> [Effect] {
    // Who evaluates version v has it from every server. Their reports up to v come by other ways, and the records keep
    // one order.
    let isReported = (0..<plan.serverCount).allSatisfy { reported[$0, default: 0] >= plan.lastReport(at: horizon) }
    guard phase == .training, isReported, let total = evaluation.total else { return [] }
    guard total.lossSum.isFinite else {
      return end(
        .diverged, ExitCode.badData,
        "the loss of the test images is not finite after step \(horizon): the learning rate is too high or the data are "
          + "bad")
    }
    evaluation.removeAll()
    let evaluated = Effect.evaluated(version: horizon, total)
    guard horizon < plan.steps else {
      phase = .closing
      return [evaluated] + servers.map { .collect($0, generation: generation, version: plan.steps) }
    }
    let next = plan.evaluations.next(after: horizon, steps: plan.steps)
    horizon = next
    return [evaluated] + servers.map { .horizon($0, generation: generation, version: next) } + evaluations()
  }

  private mutating func checkDeadlines(now: Double) -> [Effect] {
    if phase == .joining {
      guard now - start > plan.joinDeadline else { return [] }
      let absent = roster.absent
      let (late, what) = absent.isEmpty ? (roster.notReady, "get ready") : (absent, "join")
      let names = late.map(\.description).joined(separator: ", ")
      return end(.failed, ExitCode.unavailable, "\(names) did not \(what) within \(Int(plan.joinDeadline)) s")
    }
    if let divergedAt, now - divergedAt > Self.grace { return endDiverged() }
    if now - lastProgress > plan.progressDeadline { return endStuck() }
    guard let lost = roster.silent(for: plan.silenceDeadline, now: now).first else { return [] }
    return end(.failed, ExitCode.unavailable, "\(lost) has been silent for \(Int(plan.silenceDeadline)) s")
  }

  private mutating func endStuck() -> [Effect] {
    let state = roster.all.map { "\($0) at \(roster[$0]?.progress ?? 0)" }.joined(separator: ", ")
    return end(
      .failed, ExitCode.unavailable,
      "nobody has got on for \(Int(plan.progressDeadline)) s (\(state)); can every worker reach every server?")
  }

  /// Names the lowest step, then network order, which is the order of the servers.
  private mutating func endDiverged() -> [Effect] {
    guard let first = divergences.min(by: { ($0.step, $0.rank) < ($1.step, $1.rank) }) else { return [] }
    return end(
      .diverged, ExitCode.badData,
      "step \(first.step) is not finite in \(first.what) at learning rate \(plan.learningRate); "
        + "a lower rate or a warm-up may help, or the data are bad")
  }

  private mutating func end(_ outcome: Outcome, _ exitCode: Int32, _ sentence: String) -> [Effect] {
    phase = .ended
    return roster.peers.map { .stop($0, exitCode: exitCode, sentence: sentence) }
      + [.ended(outcome, exitCode: exitCode, sentence: sentence)]
  }

  private var servers: [Peer] { (0..<plan.serverCount).compactMap { roster[Member(.server, $0)]?.peer } }

  private var workers: [(rank: Int, peer: Peer)] {
    (0..<plan.workerCount).compactMap { rank in roster[Member(.worker, rank)].map { (rank, $0.peer) } }
  }
}
