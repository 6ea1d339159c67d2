import Coordination
import ParameterServer
import Parameters
import Worker

/// What the shells of servers and workers do.
extension World {
  /// Seconds, as in reality.
  private static var heartbeat: Double { 0.25 }
  private static var silence: Double { 10 }
  private static var patience: Double { 1 }

  func startMember(
    _ role: Member.Role, rank: Int?, incarnation: UInt64, coordinator: Int,
    launch: (member: Member, incarnation: UInt64)?
  ) {
    let node = MemberNode(
      id: newID(), role: role, rank: rank, incarnation: incarnation, coordinator: coordinator, launch: launch, now: now)
    members[node.id] = node
    turn(node.id)
  }

  func turn(_ node: MemberNode) {
    if now - node.lastHeard > Self.silence { return leave(node) }
    guard node.member != nil, node.server != nil || node.worker != nil else {
      if now - node.lastTold >= Self.patience {
        node.lastTold = now
        let hello = Coordinator<Int>.Hello(
          role: node.role, rank: node.rank, specHash: "", incarnation: node.incarnation)
        post(.hello(hello), from: node.id, to: node.coordinator)
      }
      return
    }
    pulse(node)
    guard let worker = node.worker else { return }
    if worker.awaitedServers.isEmpty {
      node.lastAsked = now
    } else if now - node.lastAsked > Self.patience {
      node.lastAsked = now
      send(.deadline, toWorker: node)
    }
  }

  private func leave(_ node: MemberNode) {
    members[node.id] = nil
    if let launch = node.launch, schedule.isLocal {
      put(.exited(node.coordinator, launch.member, incarnation: launch.incarnation), after: 0.1)
    }
  }

  /// A heartbeat, if one is due or there is news; until it has orders a member says that it is ready, too.
  private func pulse(_ node: MemberNode) {
    let pulse = node.pulse
    let isNew = (pulse.generation, pulse.orders) != (node.toldPulse.generation, node.toldPulse.orders)
    guard isNew || now - node.lastTold >= Self.heartbeat else { return }
    node.lastTold = now
    node.toldPulse = pulse
    post(.heartbeat(pulse), from: node.id, to: node.coordinator)
    if pulse.generation == 0 { post(.ready, from: node.id, to: node.coordinator) }
  }

  func deliver(_ letter: Letter, from: Int, to id: Int) {
    if let coordinator, coordinator.id == id { return deliver(letter, toCoordinator: coordinator, from: from) }
    guard let node = members[id] else { return }
    if from == node.coordinator { return follow(letter, by: node) }
    switch node.role {
    case .server: deliver(letter, toServer: node, from: from)
    case .worker: deliver(letter, toWorker: node, from: from)
    }
  }

  /// What the coordinator says.
  private func follow(_ letter: Letter, by node: MemberNode) {
    node.lastHeard = now
    switch letter {
    case .welcome: if node.server == nil, node.worker == nil { begin(node) }
    case .rejoin:
      // A new life of the same process.
      guard node.server != nil || node.worker != nil else { return }
      members[node.id] = nil
      startMember(
        node.role, rank: node.rank, incarnation: random.next() | 1 << 60, coordinator: node.coordinator,
        launch: node.launch)
    case .stop: members[node.id] = nil
    case .serverOrders(let generation, let orders):
      let orders = injector.renumbered(orders, for: node.id, fault)
      send(.orders(generation: generation, orders), toServer: node)
    case .restored(let generation, let state):
      send(.state(generation: generation, injector.restored(state, fault)), toServer: node)
    case .workerOrders(let generation, let orders):
      if generation > node.worker?.generation ?? 0 {
        node.endpoints = orders.endpoints.compactMap { Int($0) }
        node.jobs = node.isComputing ? Array(node.jobs.prefix(1)) : []
      }
      send(.orders(generation: generation, injector.renumbered(orders, for: node.id, fault)), toWorker: node)
    default: break
    }
    if members[node.id] != nil, node.server != nil || node.worker != nil { pulse(node) }
  }

  private func begin(_ node: MemberNode) {
    guard let rank = node.member?.rank else { return }
    switch node.role {
    case .server:
      guard let shard = try? training.shard(of: rank) else { return violate("no shard") }
      node.server = ParameterServer(shard: shard, tree: training.tree)
    case .worker: node.worker = training.makeWorker()
    }
  }

  // MARK: Servers

  private func deliver(_ letter: Letter, toServer node: MemberNode, from: Int) {
    guard let server = node.server else { return }
    switch letter {
    case .pull(let generation, let version):
      let generation = fault == .generationUnchecked ? server.generation : generation
      send(.pull(from, generation: generation, version: version), toServer: node)
    case .push(let generation, let push):
      let generation = fault == .generationUnchecked ? server.generation : generation
      for push in injector.pushes(push, to: node, of: schedule.microbatches, fault) {
        send(.push(from, generation: generation, push), toServer: node)
      }
    default: break
    }
  }

  private func send(_ event: ParameterServer<Float, Int>.Event, toServer node: MemberNode) {
    guard let effects = node.server?.handle(event), let server = node.server else { return }
    check(server, of: node)
    for effect in effects {
      switch effect {
      case .weights(let peer, let version, let buffer):
        if fault == .previousVersionNotKept, version < server.shard.version {
          post(
            .answer(generation: server.generation, .gone(current: server.shard.version)), from: node.id, to: peer)
        } else {
          post(.weights(generation: server.generation, version: version, buffer), from: node.id, to: peer)
        }
      case .answer(let peer, let answer):
        if case .push(_, _, let push) = event, answer == .duplicate { injector.noteDuplicate(push, at: node, fault) }
        post(.answer(generation: server.generation, answer), from: node.id, to: peer)
      case .fetch(let generation, let version):
        post(.fetch(generation: generation, version: version), from: node.id, to: node.coordinator)
      case .report(let report):
        post(.report(generation: server.generation, report), from: node.id, to: node.coordinator)
      case .handOver(let state): post(.state(generation: server.generation, state), from: node.id, to: node.coordinator)
      }
    }
  }

  /// Every version of every server has the bits of the undisturbed run, and versions rise within a generation.
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
    if Reference.bits(of: weights) != reference.bits[version][rank] {
      violate("server \(rank) has other bits at version \(version)")
    }
  }

  // MARK: Workers

  private func deliver(_ letter: Letter, toWorker node: MemberNode, from: Int) {
    guard let server = node.endpoints.firstIndex(of: from) else { return }
    switch letter {
    case .weights(let generation, let version, let buffer):
      let version = fault == .versionUnchecked ? injector.pulled[node.id] ?? version : version
      send(.weights(server: server, generation: generation, version: version, buffer), toWorker: node)
    case .answer(let generation, let answer):
      let event: Worker<Float>.Answer? =
        switch answer {
        case .duplicate: .duplicate
        case .gone(let current): .gone(current: current)
        case .refused(let sentence): .refused(sentence)
        case .waiting, .wrongGeneration: nil
        }
      if let event { send(.answer(server: server, generation: generation, event), toWorker: node) }
    default: break
    }
  }

  private func send(_ event: Worker<Float>.Event, toWorker node: MemberNode) {
    guard let effects = node.worker?.handle(event) else { return }
    for effect in effects {
      switch effect {
      case .pull(let server, let generation, let version):
        injector.pulled[node.id] = version
        post(.pull(generation: generation, version: version), from: node.id, to: node.endpoints[server])
      case .push(let server, let push): post(part(of: push, for: server), from: node.id, to: node.endpoints[server])
      case .compute(let task): put(.gradient(task), for: node)
      case .evaluate(let task): put(.evaluation(task), for: node)
      case .evaluated(let generation, let version, let tree, let tally):
        post(.evaluated(generation: generation, version: version, tree, tally), from: node.id, to: node.coordinator)
      case .fail(let sentence): violate("worker \(node.member?.rank ?? -1) fails: \(sentence)")
      }
    }
  }

  private func part(of push: Worker<Float>.Push, for server: Int) -> Letter {
    let range = training.shards.shards[server]
    let squares = push.sum.squares
    return .push(
      generation: push.generation,
      ParameterServer.Push(
        step: push.step, node: push.node, tally: push.sum.tally,
        gradient: unsafe Buffer(Array(push.sum.gradient.elements[range])),
        squares: squares.isEmpty ? [] : Array(squares[training.shards.loggedFilters(of: server)])))
  }

  private func put(_ job: MemberNode.Job, for node: MemberNode) {
    node.jobs.append(job)
    computeNext(node)
  }

  private func computeNext(_ node: MemberNode) {
    guard !node.isComputing, let job = node.jobs.first else { return }
    node.isComputing = true
    put(.computed(node.id, job), after: random.between(0.005, 0.04))
  }

  func computed(_ job: MemberNode.Job, by node: MemberNode) {
    node.isComputing = false
    node.jobs.removeFirst()
    node.finished += 1
    switch job {
    case .gradient(let task):
      let contribution = training.contribution(
        at: task.weights, step: task.step, microbatch: task.microbatch, into: task.gradient,
        measuresSquares: task.measuresSquares)
      send(
        .computed(generation: task.generation, step: task.step, microbatch: task.microbatch, contribution),
        toWorker: node)
    case .evaluation(let task):
      let tally = training.tally(at: task.weights, chunk: task.chunk)
      send(.evaluated(generation: task.generation, version: task.version, chunk: task.chunk, tally), toWorker: node)
    }
    computeNext(node)
  }
}
