import Coordination
import Messages
import Parameters

/// Drives the values of the coordinator's process.
extension Cluster {
  func handle(_ item: ClusterProcess.Item, _ coordinator: CoordinatorState, _ process: ClusterProcess) {
    switch item {
    case .parcel(let parcel): take(parcel, coordinator, process)
    case .tick:
      for due in coordinator.clock.turn(now: now) {
        switch due {
        case .tick: send(.tick, coordinator, process)
        case .paused: send(.paused, coordinator, process)
        case .heartbeats:
          for peer in coordinator.machine.roster.peers {
            post(.heartbeat(Heartbeat()), generation: coordinator.machine.generation, from: process, to: peer)
          }
        case .exited(let member, _, _): violate("\(member) has ended")
        }
      }
    case .stored(let version): send(.stored(version: version), coordinator, process)
    case .computed, .ready: break
    }
  }

  private func take(_ parcel: Parcel, _ coordinator: CoordinatorState, _ process: ClusterProcess) {
    let (peer, generation) = (parcel.from, parcel.generation)
    switch parcel.message {
    case .hello(let hello):
      let role: Member.Role = hello.role == .server ? .server : .worker
      let event = Coordinator<Int>.Hello(
        role: role, rank: hello.rank, specHash: "", incarnation: hello.incarnation, badge: hello.badge)
      send(.hello(peer, event), coordinator, process)
    case .ready(let ready):
      send(
        .from(peer, .ready(endpoint: ready.endpoint, Fingerprint(text: ready.fingerprint))), coordinator, process)
    case .heartbeat(let heartbeat):
      let pulse = Pulse(
        generation: generation, orders: heartbeat.orders, progress: heartbeat.progress, pending: heartbeat.pending)
      send(.from(peer, .heartbeat(pulse)), coordinator, process)
    case .stepReport(let report):
      send(.from(peer, .reported(generation: generation, version: report.step)), coordinator, process)
    case .state(let state) where state.part == .windows:
      // The last part.
      send(.from(peer, .handedOver(generation: generation, version: state.version)), coordinator, process)
    case .evaluated(let body):
      let news = Coordinator<Int>.News.evaluated(
        generation: generation, version: body.version, node: body.node, body.tally)
      send(.from(peer, news), coordinator, process)
    case .failed(let failed): violate(failed.sentence)
    default: break
    }
  }

  private func send(_ event: Coordinator<Int>.Event, _ coordinator: CoordinatorState, _ process: ClusterProcess) {
    for effect in coordinator.machine.handle(event, now: now) {
      switch effect {
      case .welcome(let peer, let member):
        let welcome = Welcome(
          rank: member.rank, specJSON: "{}", specHash: run.specHash, serverCount: run.serverCount,
          workerCount: run.workerCount)
        post(.welcome(welcome), generation: 0, from: process, to: peer)
      case .server(let peer, let generation, let orders):
        post(.serverOrders(orders), generation: generation, from: process, to: peer)
      case .worker(let peer, let generation, let orders):
        post(.workerOrders(orders), generation: generation, from: process, to: peer)
      case .stop(let peer, let exitCode, let sentence):
        post(
          .stop(Stop(exitCode: Int(exitCode), sentence: sentence)), generation: coordinator.machine.generation,
          from: process, to: peer)
      case .commit(_, let version): put(.stored(version: version), after: 0.01)
      case .happened(let event): violate(event.what)
      case .ended(let ending):
        end(ending)
        if ending.outcome != .done { violate(ending.sentence) }
      case .refuse(_, _, let sentence): violate(sentence)
      case .rejoin(let peer): violate("process \(peer) has lost its place")
      case .restore(_, let member, _, _): violate("\(member) needs a state")
      // All processes have been started; there are no records, and the run is synchronous.
      case .launch, .started, .rewind, .record, .evaluated, .grant: break
      }
    }
  }
}
