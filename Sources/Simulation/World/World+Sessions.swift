import Coordination
import Failures
import ParameterServer
import Parameters
import Worker

/// Drives the sessions of servers and workers with their coordinator; stands in for their sockets.
extension World {
  func startMember(
    _ role: Member.Role, rank: Int?, incarnation: UInt64, run: String = "", coordinator: Int,
    launch: (member: Member, incarnation: UInt64)?
  ) {
    let node = MemberNode(
      id: newID(), role: role, rank: rank, incarnation: incarnation, run: run, coordinator: coordinator, launch: launch,
      rejoinDeadline: schedule.rejoinDeadline, now: now)
    members[node.id] = node
    lives.members.append(node)
    turn(node.id)
  }

  /// What a process does in each turn of its loop, after all messages have been taken in.
  func tick(_ node: MemberNode) {
    guard sleeps[node.id] ?? 0 <= now else { return }
    for time in injector.ticks(until: now, of: node, fault) { handle(.tick(node.pulse), by: node, at: time) }
    guard members[node.id] === node, let worker = node.worker else { return }
    let finding = node.watch.check(
      awaited: worker.awaitedServers, awaitsMicrobatches: worker.awaitsMicrobatches, now: now)
    switch injector.passed(finding, fault) {
    case .overdue:
      checkEndpoints(of: node, in: worker.generation)
      send(.deadline, toWorker: node)
    case .silent(let server):
      checkSilence(of: node.endpoints[server], toward: node, for: node.watch.deadline)
      handle(.failed(exitCode: ExitCode.unavailable, sentence: "server \(server) has not answered"), by: node)
    case nil: break
    }
  }

  /// Passes one event to the session and carries out its effects.
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
          role: node.role, rank: node.rank, specHash: node.run, incarnation: node.incarnation, badge: node.badge)
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

  /// SIGTERM to a member.
  func signal(_ node: MemberNode) {
    if fault == .signalsObeyed { return leave(node, Departure(.signaled, ExitCode.stopped(by: 15), "at once")) }
    handle(.signaled(15), by: node)
  }

  private func leave(_ node: MemberNode, _ departure: Departure) {
    note("process \(node.id) leaves: \(departure.sentence)")
    if departure.cause == .coordinatorSilent {
      checkSilence(of: node.coordinator, toward: node, for: schedule.rejoinDeadline)
    }
    members[node.id] = nil
    if !node.session.handle(.heard, now: now).isEmpty { violate("process \(node.id) acts after it has left") }
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

  /// A message of the coordinator arrives.
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
      send(.state(generation: generation, injector.restored(state, on: training.wire, fault)), toServer: node)
    }
    if case .microbatchGrant(let generation, let grant) = letter, members[node.id] === node {
      send(.granted(generation: generation, grant), toWorker: node)
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

  /// A worker enters a generation: it connects to the servers and drops queued work.
  private func enter(_ endpoints: [String], by node: MemberNode) {
    node.endpoints = endpoints.compactMap { Int($0) }
    node.watch.enter(serverCount: node.endpoints.count, now: now)
    node.jobs = node.isComputing ? Array(node.jobs.prefix(1)) : []
  }

  /// The process loads its data, and reads no messages until it is ready.
  private func begin(_ member: Member, by node: MemberNode) {
    node.member = member
    switch node.role {
    case .server:
      guard let server = try? training.server(of: member.rank) else { return violate("no shard") }
      node.server = server
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
}
