import Coordination
import Messages
import ParameterServer
import Parameters
import Worker

/// Drives the state machines of servers and workers; stands in for the sockets between them and for compute threads.
extension World {
  // MARK: Servers

  func deliver(_ letter: Letter, toServer node: MemberNode, from: Int) {
    guard let server = node.server else { return }
    switch letter {
    case .pull(let generation, let segment, let version, let base):
      let generation = fault == .generationUnchecked ? server.generation : generation
      let base = fault == .baseUnchecked ? version - 1 : base
      send(
        .pull(
          from, badge: MemberNode.badge(of: from), generation: generation, segment: segment, version: version,
          base: base),
        toServer: node)
    case .push(let generation, let push):
      let generation = fault == .generationUnchecked ? server.generation : generation
      if let forged = injector.forged(push, to: node) {
        let badge = fault == .membersUnchecked ? MemberNode.badge(of: from) : nil
        send(.push(Self.stranger, badge: badge, generation: generation, forged), toServer: node)
      }
      for push in injector.pushes(push, to: node, of: schedule.microbatches, fault) {
        send(.push(from, badge: MemberNode.badge(of: from), generation: generation, push), toServer: node)
      }
    default: break
    }
  }

  /// A stranger with the run's key that is not a member; it receives nothing.
  private static let stranger = -1

  func send(_ event: ParameterServer<Float, Int>.Event, toServer node: MemberNode) {
    guard let effects = node.server?.handle(event), let server = node.server else { return }
    check(server, of: node)
    for effect in effects {
      switch effect {
      case .weights(let peer, let segment, let version, let buffer, let isPacked):
        if fault == .previousVersionNotKept, version < server.shard.version {
          answer(.gone(current: server.shard.version), to: peer, by: node, server)
        } else {
          post(
            .weights(
              generation: server.generation, segment: segment, version: version, buffer, isPacked: isPacked),
            from: node.id, to: peer)
        }
      case .answer(let peer, let answer):
        if case .push(_, _, _, let push) = event, answer == .duplicate { injector.noteDuplicate(push, at: node, fault) }
        self.answer(answer, to: peer, by: node, server)
      case .fetch(let generation, let version):
        post(.fetch(generation: generation, version: version), from: node.id, to: node.coordinator)
      case .report(let report):
        post(.report(generation: server.generation, report), from: node.id, to: node.coordinator)
      case .handOver:
        post(.state(generation: server.generation, server.shard.state()), from: node.id, to: node.coordinator)
      }
    }
  }

  /// Forged sums, with and without a worker's badge; none may be accepted.
  func forge(to node: MemberNode) {
    guard let server = node.server else { return }
    let shard = server.shard
    let count = shard.codings[0].wordCount
    func push(
      _ step: Int, segment: Int = 0, leaf: Int = 0, count: Int, squares: Int = 0
    ) -> ParameterServer<Float, Int>.Push {
      .init(
        step: step, segment: segment, node: .init(start: leaf, count: 1),
        tally: Tally(lossSum: 1, correct: 1, samples: 1),
        gradient: Buffer([Float](repeating: 1, count: count)), squares: [Double](repeating: 1, count: squares))
    }
    var forgeries = [
      push(shard.version + 1, count: count), push(shard.version, count: count + 1),
      push(shard.version, segment: shard.segments.count, count: count),
      push(shard.version, count: count, squares: shard.loggedFilters(ofSegment: 0) + 1),
    ]
    // In an asynchronous run every number is a microbatch.
    if account == nil { forgeries.append(push(shard.version, leaf: schedule.microbatches, count: count)) }
    for forged in forgeries {
      for badge in [nil, server.orders.contributors.first?.badge] {
        send(.push(Self.stranger, badge: badge, generation: server.generation, forged), toServer: node)
      }
    }
  }

  private func answer(
    _ answer: ServerAnswer, to peer: Int, by node: MemberNode, _ server: ParameterServer<Float, Int>
  ) {
    let message = Messages.Answer(answer, version: server.shard.version, generation: server.generation)
    post(.answer(generation: server.generation, message), from: node.id, to: peer)
  }

  /// Every version of every server has the bits of the fault-free run, and versions rise within a generation.
  private func check(_ server: ParameterServer<Float, Int>, of node: MemberNode) {
    let (version, generation) = (server.shard.version, server.generation)
    if let seen = versions[node.id], seen == (generation, version) { return }
    if let seen = versions[node.id],
      seen.generation > generation || seen.generation == generation && seen.version > version
    {
      violate("server \(node.member?.rank ?? -1) went back from \(seen) to \((generation, version))")
    }
    versions[node.id] = (generation, version)
    guard let rank = node.member?.rank, let weights = server.shard.weights(at: version) else { return }
    note("server \(rank) (process \(node.id)) is at version \(version) of generation \(generation)")
    if let account { return checkAccount(of: server, rank: rank, account) }
    if Reference.bits(of: weights) != reference.bits[version][rank] {
      violate("server \(rank) has other bits at version \(version)")
    }
  }

  // MARK: Workers

  func deliver(_ letter: Letter, toWorker node: MemberNode, from: Int) {
    guard let server = node.endpoints.firstIndex(of: from) else { return }
    node.watch.heard(server, now: now)
    switch letter {
    case .weights(let generation, let segment, let version, let buffer, let isPacked):
      let version = fault == .versionUnchecked ? injector.pulled[node.id] ?? version : version
      send(
        .weights(
          segment: training.shards.segments(of: server).lowerBound + segment, generation: generation, version: version,
          buffer, isPacked: isPacked), toWorker: node)
    case .answer(let generation, let answer):
      let content = injector.passed(answer.content, fault)
      if case .decided = content { node.watch.answered(now: now) }
      if let again = injector.renumbered(answer.content, of: node, fault) {
        post(again, from: node.id, to: from)
      }
      send(.answer(server: server, generation: generation, content), toWorker: node)
    default: break
    }
  }

  func send(_ event: Worker<Float>.Event, toWorker node: MemberNode) {
    guard let effects = node.worker?.handle(event) else { return }
    for effect in effects {
      switch effect {
      case .pull(let segment, let generation, let version, let base):
        injector.pulled[node.id] = version
        let (server, place) = training.shards.place(ofSegment: segment)
        post(
          .pull(generation: generation, segment: place, version: version, base: base), from: node.id,
          to: node.endpoints[server])
      case .push(let segment, let push):
        injector.pulled[node.id] = push.step + 1
        let (server, place) = training.shards.place(ofSegment: segment)
        let letter = letter(push, segment: place)
        injector.note(letter, from: node, to: node.endpoints[server], fault)
        post(letter, from: node.id, to: node.endpoints[server])
      case .request(let generation, let request):
        post(.microbatchRequest(generation: generation, request), from: node.id, to: node.coordinator)
      case .compute(let task): put(.gradient(task, left: training.shards.segments.count), for: node)
      case .evaluate(let task): put(.evaluation(task), for: node)
      case .evaluated(let generation, let version, let tree, let tally):
        post(.evaluated(generation: generation, version: version, tree, tally), from: node.id, to: node.coordinator)
      case .fail(let sentence): violate("worker \(node.member?.rank ?? -1) fails: \(sentence)")
      }
    }
  }

  private func letter(_ push: Worker<Float>.Push, segment: Int) -> Letter {
    .push(
      generation: push.generation,
      ParameterServer.Push(
        step: push.step, segment: segment, node: push.node, tally: push.sum.tally,
        gradient: Buffer(push.sum.gradient.values), squares: push.sum.squares, errors: push.sum.errors))
  }

  private func put(_ job: MemberNode.Job, for node: MemberNode) {
    node.jobs.append(job)
    computeNext(node)
  }

  private func computeNext(_ node: MemberNode) {
    guard !node.isComputing, let job = node.jobs.first else { return }
    node.isComputing = true
    put(.computed(node.id, job), after: random.between(0.005, 0.04) * schedule.slowness)
  }

  func computed(_ job: MemberNode.Job, by node: MemberNode) {
    if case .gradient(let task, let left) = job, left > 1 {
      send(task, segment: left - 1, of: node)
      return put(
        .computed(node.id, .gradient(task, left: left - 1)), after: random.between(0, 0.01) * schedule.slowness)
    }
    node.isComputing = false
    node.jobs.removeFirst()
    node.finished += 1
    switch job {
    case .gradient(let task, _): send(task, segment: 0, of: node)
    case .evaluation(let task):
      let tally = training.tally(at: task.weights, chunk: task.chunk)
      send(.evaluated(generation: task.generation, version: task.version, chunk: task.chunk, tally), toWorker: node)
    }
    computeNext(node)
    if members[node.id] === node { tick(node) }
  }

  private func send(_ task: Worker<Float>.Task, segment: Int, of node: MemberNode) {
    let contribution =
      node.contribution
      ?? training.contribution(
        at: task.weights, step: task.step, microbatch: task.microbatch, into: task.gradient,
        measuresSquares: task.measuresSquares)
    node.contribution = segment > 0 ? contribution : nil
    send(
      .computed(
        generation: task.generation, step: task.step, microbatch: task.microbatch, segment: segment,
        training.part(segment, of: contribution)), toWorker: node)
  }
}
