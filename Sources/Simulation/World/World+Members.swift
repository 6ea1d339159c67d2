import Coordination
import Failures
import Messages
import ParameterServer
import Parameters
import Worker

/// Drives the values of the servers' and workers' processes; stands in for their sockets and threads.
extension World {
  func startMember(
    _ role: Member.Role, rank: Int?, incarnation: UInt64, coordinator: Int,
    launch: (member: Member, incarnation: UInt64)?
  ) {
    let node = MemberNode(
      id: newID(), role: role, rank: rank, incarnation: incarnation, coordinator: coordinator, launch: launch, now: now)
    members[node.id] = node
    turn(node.id)
  }

  /// What a process does in each turn of its loop, after all messages have been taken in.
  func tick(_ node: MemberNode) {
    guard sleeps[node.id] ?? 0 <= now else { return }
    for time in injector.ticks(until: now, of: node, fault) { handle(.tick(node.pulse), by: node, at: time) }
    guard members[node.id] === node, let worker = node.worker else { return }
    switch injector.passed(node.watch.check(awaited: worker.awaitedServers, now: now), fault) {
    case .overdue:
      checkEndpoints(of: node, in: worker.generation)
      send(.deadline, toWorker: node)
    case .silent(let server):
      checkSilence(of: node.endpoints[server], toward: node, for: node.watch.deadline)
      handle(.failed(exitCode: ExitCode.unavailable, sentence: "server \(server) has not answered"), by: node)
    case nil: break
    }
  }

  /// Hands the session one event and does what it asks for.
  ///
  /// - Parameter letter: the coordinator's message that the event stands for.
  private func handle(
    _ event: MemberSession.Event, by node: MemberNode, at time: Double? = nil, letter: Letter? = nil
  ) {
    guard members[node.id] === node else { return }
    let effects = injector.passed(node.session.handle(event, now: time ?? now), of: event, by: node, fault)
    for effect in effects {
      switch effect {
      case .hello:
        let hello = Coordinator<Int>.Hello(
          role: node.role, rank: node.rank, specHash: "", incarnation: node.incarnation)
        post(.hello(hello), from: node.id, to: node.coordinator)
      case .begin(let member): begin(member, by: node)
      case .ready: post(.ready, from: node.id, to: node.coordinator)
      case .heartbeat(let pulse): post(.heartbeat(pulse), from: node.id, to: node.coordinator)
      case .enter: if case .workerOrders(_, let orders) = letter { enter(orders.endpoints, by: node) }
      case .follow: if let letter { follow(letter, by: node) }
      case .failed(let exitCode, let sentence):
        post(.failed(exitCode: exitCode, sentence), from: node.id, to: node.coordinator)
      case .newLife:
        members[node.id] = nil
        startMember(
          node.role, rank: node.rank, incarnation: random.next() | 1 << 60, coordinator: node.coordinator,
          launch: node.launch)
      case .leave(let departure): leave(node, departure)
      }
    }
  }

  private func leave(_ node: MemberNode, _ departure: Departure) {
    note("process \(node.id) leaves: \(departure.sentence)")
    if departure.cause == .coordinatorSilent {
      checkSilence(of: node.coordinator, toward: node, for: Timing.coordinatorSilence)
    }
    members[node.id] = nil
    noteExit(of: node)
  }

  func deliver(_ letter: Letter, from: Int, to id: Int) {
    if let coordinator, coordinator.id == id { return deliver(letter, toCoordinator: coordinator, from: from) }
    guard let node = members[id] else { return }
    if from == node.coordinator {
      take(letter, by: node)
    } else if node.role == .server {
      deliver(letter, toServer: node, from: from)
    } else {
      deliver(letter, toWorker: node, from: from)
    }
    if members[id] === node { tick(node) }
  }

  /// What the coordinator says.
  private func take(_ letter: Letter, by node: MemberNode) {
    let event: MemberSession.Event =
      switch letter {
      case .welcome(let member): .welcomed(member)
      case .refused(let exitCode, let sentence): .refused(exitCode: exitCode, sentence: sentence)
      case .stop(let exitCode, let sentence): .stopped(exitCode: exitCode, sentence: sentence)
      case .rejoin: .rejoin
      case .serverOrders(let generation, _), .workerOrders(let generation, _): .orders(generation: generation)
      default: .heard
      }
    handle(event, by: node, letter: letter)
    if case .restored(let generation, let state) = letter, members[node.id] === node {
      send(.state(generation: generation, injector.restored(state, fault)), toServer: node)
    }
  }

  private func follow(_ letter: Letter, by node: MemberNode) {
    switch letter {
    case .serverOrders(let generation, let orders):
      send(.orders(generation: generation, injector.renumbered(orders, for: node.id, fault)), toServer: node)
    case .workerOrders(let generation, let orders):
      send(.orders(generation: generation, injector.renumbered(orders, for: node.id, fault)), toWorker: node)
    default: break
    }
  }

  /// A worker enters a generation: connections to its servers, and no work that is not begun.
  private func enter(_ endpoints: [String], by node: MemberNode) {
    node.endpoints = endpoints.compactMap { Int($0) }
    node.watch.enter(serverCount: node.endpoints.count, now: now)
    node.jobs = node.isComputing ? Array(node.jobs.prefix(1)) : []
  }

  /// The process makes what it needs, and hears nothing until it is ready.
  private func begin(_ member: Member, by node: MemberNode) {
    node.member = member
    switch node.role {
    case .server:
      guard let shard = try? training.shard(of: member.rank) else { return violate("no shard") }
      node.server = ParameterServer(shard: shard, tree: training.tree)
    case .worker: node.worker = training.makeWorker()
    }
    let seconds = random.between(0.001, 0.2)
    sleep(node.id, seconds)
    put(.prepared(node.id), after: seconds)
  }

  func prepared(_ node: MemberNode) {
    handle(.ready, by: node)
    tick(node)
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
          answer(.gone(current: server.shard.version), to: peer, by: node, server)
        } else {
          post(.weights(generation: server.generation, version: version, buffer), from: node.id, to: peer)
        }
      case .answer(let peer, let answer):
        if case .push(_, _, let push) = event, answer == .duplicate { injector.noteDuplicate(push, at: node, fault) }
        self.answer(answer, to: peer, by: node, server)
      case .fetch(let generation, let version):
        post(.fetch(generation: generation, version: version), from: node.id, to: node.coordinator)
      case .report(let report):
        post(.report(generation: server.generation, report), from: node.id, to: node.coordinator)
      case .handOver(let state): post(.state(generation: server.generation, state), from: node.id, to: node.coordinator)
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
    if Reference.bits(of: weights) != reference.bits[version][rank] {
      violate("server \(rank) has other bits at version \(version)")
    }
  }

  // MARK: Workers

  private func deliver(_ letter: Letter, toWorker node: MemberNode, from: Int) {
    guard let server = node.endpoints.firstIndex(of: from) else { return }
    node.watch.heard(server, now: now)
    switch letter {
    case .weights(let generation, let version, let buffer):
      let version = fault == .versionUnchecked ? injector.pulled[node.id] ?? version : version
      send(.weights(server: server, generation: generation, version: version, buffer), toWorker: node)
    case .answer(let generation, let answer):
      let content = injector.passed(answer.content, fault)
      send(.answer(server: server, generation: generation, content), toWorker: node)
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
    put(.computed(node.id, job), after: random.between(0.005, 0.04) * schedule.slowness)
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
    if members[node.id] === node { tick(node) }
  }
}
