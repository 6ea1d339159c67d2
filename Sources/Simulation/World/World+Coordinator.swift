import Coordination
import ParameterServer
import Parameters

/// Drives the values of the coordinator's process; stands in for its sockets and its records.
extension World {
  func startCoordinator() {
    guard coordinator == nil else { return }
    // An unreadable checkpoint is noticed when it is read.
    let machine = Coordinator<Int>(
      plan: schedule.plan, generation: disk.generation, committed: disk.checkpoints.keys.sorted(), now: now)
    let node = CoordinatorNode(id: newID(), machine: machine, now: now)
    coordinator = node
    lives.coordinators.append(node)
    note("coordinator \(node.id) starts, checkpoints \(disk.checkpoints.keys.sorted())")
    turn(node.id)
  }

  func newID() -> Int {
    nextID += 1
    return nextID
  }

  func turn(_ id: Int) {
    if let coordinator, coordinator.id == id {
      turn(coordinator)
      if self.coordinator === coordinator { rest(id) }
    } else if let member = members[id] {
      tick(member)
      if members[id] != nil { rest(id) }
    }
  }

  /// Time until the next turn of a process, which is sometimes late.
  private func rest(_ id: Int) {
    if schedule.delay > 0, random.chance(0.05) { sleep(id, random.between(0, schedule.delay)) }
    put(.turn(id), after: 0.1)
  }

  private func turn(_ node: CoordinatorNode) {
    for due in injector.due(at: now, for: node, fault) {
      guard coordinator === node else { return }
      switch due {
      case .exited(let member, let incarnation, let how):
        send(.exited(member, incarnation: incarnation, how: how), to: node)
      case .tick: send(.tick, to: node)
      case .paused: send(.paused, to: node)
      case .heartbeats: for peer in node.machine.roster.peers { post(.alive, from: node.id, to: peer) }
      }
    }
  }

  func send(_ event: Coordinator<Int>.Event, to node: CoordinatorNode) {
    let before: Roster<Int>? =
      switch event {
      case .tick, .exited: node.machine.roster
      default: nil
      }
    let effects = injector.passed(node.machine.handle(event, now: now), of: event, by: node, fault)
    checkRoster(node)
    if let before { checkFailures(since: before, node, event) }
    perform(effects, of: node)
    if let exit = injector.exit(after: effects, of: node, fault), coordinator === node { send(exit, to: node) }
  }

  private func checkRoster(_ node: CoordinatorNode) {
    let peers = node.machine.roster.peers
    if Set(peers).count != peers.count { violate("one process has two places") }
  }

  private func perform(_ effects: [Coordinator<Int>.Effect], of node: CoordinatorNode) {
    for effect in effects {
      guard coordinator === node, violation == nil else { return }
      switch effect {
      case .launch(let member, let incarnation):
        if schedule.isLocal, let old = members.values.first(where: { $0.launch?.member == member }) {
          members[old.id] = nil
        }
        put(
          .start(member, incarnation: incarnation, coordinator: node.id),
          after: schedule.isLocal ? random.between(0.02, 0.3) : random.between(0.1, 4))
      case .welcome(let peer, let member):
        note("\(member) is process \(peer)")
        post(.welcome(member), from: node.id, to: peer)
      case .refuse(let peer, let exitCode, let sentence):
        post(.refused(exitCode: exitCode, sentence), from: node.id, to: peer)
      case .rejoin(let peer): post(.rejoin, from: node.id, to: peer)
      case .server(let peer, let generation, let orders):
        guard !injector.hasOrdered(orders.number, generation, peer, fault) else { continue }
        post(.serverOrders(generation: generation, orders), from: node.id, to: peer)
      case .worker(let peer, let generation, let orders):
        guard !injector.hasOrdered(orders.number, generation, peer, fault) else { continue }
        post(.workerOrders(generation: generation, orders), from: node.id, to: peer)
      case .grant(let peer, let generation, let grant):
        let grant = injector.passed(grant, generation, to: peer, fault)
        post(.microbatchGrant(generation: generation, grant), from: node.id, to: peer)
      case .restore(let peer, let member, let generation, let version):
        guard let kept = disk.checkpoints[version] else { return violate("version \(version) is not on the disk") }
        post(.restored(generation: generation, kept.states[member.rank]), from: node.id, to: peer)
      case .stop(let peer, let exitCode, let sentence):
        post(.stop(exitCode: exitCode, sentence), from: node.id, to: peer)
      case .started: note("training begins")
      case .rewind(let generation, let version): rewind(node, to: version, generation: generation)
      case .record(let server, let version): record(version, of: server, by: node)
      case .evaluated(let version, let tally):
        disk.rows.append(.evaluation(version: version, tally))
        guard account == nil, reference.evaluations[version] != tally else { continue }
        violate("the evaluation of version \(version) is another")
      case .commit(_, let version): commit(version, by: node)
      case .happened(let event): note("\(event.what) at step \(event.step)")
      case .ended(let ending): ended(node, ending)
      }
    }
  }

  private func rewind(_ node: CoordinatorNode, to version: Int, generation: UInt64) {
    if generation <= disk.generation { violate("generation \(generation) was given out before") }
    disk.generation = generation
    (node.states, node.reports) = ([:], [:])
    note("generation \(generation) begins at version \(version)")
    guard version > 0 else {
      if fault != .metricsNotTruncated { disk.rows = [] }
      return
    }
    guard let kept = disk.checkpoints[version], !kept.isTorn else {
      return send(.unreadable(version: version, sentence: "torn"), to: node)
    }
    if fault != .metricsNotTruncated { disk.rows.removeLast(disk.rows.count - kept.rows) }
  }

  private func commit(_ version: Int, by node: CoordinatorNode) {
    guard let states = node.states[version], states.count == schedule.servers else {
      return violate("the state of version \(version) is not complete")
    }
    node.states = [:]
    let ordered = (0..<schedule.servers).compactMap { states[$0] }
    for (rank, state) in ordered.enumerated() {
      if let account {
        checkMilestone(state, of: rank, account)
      } else if Reference.bits(of: state.weights) != reference.bits[version][rank] {
        violate("the state of server \(rank) at version \(version) has other bits")
      }
    }
    node.pending[version] = Disk.Kept(states: ordered, rows: disk.rows.count, isTorn: false)
    if node.pending.count > Limits.checkpointsInFlight {
      violate("\(node.pending.count) states are on their way to the disk")
    }
    node.writesUntil = max(now, node.writesUntil, disk.stallsUntil) + random.between(0.001, 0.05)
    put(.committed(node.id, version: version), after: node.writesUntil - now)
    // The last one is waited for.
    if fault == .diskNotAwaited, version < schedule.steps { send(.stored(version: version), to: node) }
  }

  /// A commit completes, if the coordinator is still alive.
  func committed(_ version: Int, by id: Int) {
    guard let coordinator, coordinator.id == id, var kept = coordinator.pending.removeValue(forKey: version) else {
      return
    }
    guard disk.failsUntil < now else {
      return send(.storeFailed(version: version, sentence: "the disk is full"), to: coordinator)
    }
    kept.isTorn = disk.tearsNext
    disk.tearsNext = false
    disk.checkpoints[version] = kept
    // The last three are kept, and the first.
    for old in disk.checkpoints.keys.sorted().dropLast(3) where old != 0 { disk.checkpoints[old] = nil }
    send(.stored(version: version), to: coordinator)
  }

  /// A member's message to the coordinator.
  func deliver(_ letter: Letter, toCoordinator node: CoordinatorNode, from peer: Int) {
    if case .hello(let hello) = letter { return send(.hello(peer, hello), to: node) }
    guard let member = node.machine.roster.member(at: peer) else { return send(.stranger(peer), to: node) }
    switch letter {
    case .heartbeat(let pulse): send(.from(peer, .heartbeat(pulse)), to: node)
    case .ready:
      let news = Coordinator<Int>.News.ready(endpoint: "\(peer)", Fingerprint(numbers: "n"))
      send(.from(peer, news), to: node)
    case .fetch(let generation, let version):
      send(.from(peer, .fetch(generation: generation, version: version)), to: node)
    case .state(let generation, let state):
      guard member.role == .server, generation == node.machine.generation else { return }
      node.states[state.version, default: [:]][member.rank] = injector.cut(state, of: member.rank, in: node, fault)
      send(.from(peer, .handedOver(generation: generation, version: state.version)), to: node)
    case .report(let generation, let report):
      node.report = report
      let news = Coordinator<Int>.News.report(
        generation: generation, version: report.version, nonFinite: report.nonFinite, senders: report.senders)
      send(.from(peer, news), to: node)
    case .microbatchRequest(let generation, let request):
      send(.from(peer, .microbatches(generation: generation, injector.passed(request, fault))), to: node)
    case .failed(let exitCode, let sentence):
      send(.from(peer, .failed(exitCode: exitCode, sentence: sentence)), to: node)
    case .evaluated(let generation, let version, let nodes, let tally):
      send(.from(peer, .evaluated(generation: generation, version: version, node: nodes, tally)), to: node)
    default: break
    }
  }

  /// Records the report that was passed to the machine; a row is complete once all servers have reported.
  private func record(_ version: Int, of server: Int, by node: CoordinatorNode) {
    guard let report = node.report, report.version == version else {
      return violate("there is no report of version \(version) to record")
    }
    node.reports[version, default: [:]][server] = report
    if let all = node.reports[version], all.count == schedule.servers {
      node.reports[version] = nil
      disk.rows.append(.window((0..<schedule.servers).compactMap { all[$0] }))
    }
    if let account {
      checkReport(report, of: server, account)
    } else if reference.reports[version]?[server] != report {
      violate("the report of server \(server) at version \(version) is another")
    }
  }
}
