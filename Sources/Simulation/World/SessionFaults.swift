import Coordination
import Parameters

/// The state of the faults planted in sessions, by process.
struct SessionFaults {
  var helloed: Set<Int> = []
  var readied: Set<Int> = []
  var pulses: [Int: Pulse] = [:]
  var lastTicks: [Int: Double] = [:]
}

/// How the planted faults change the events and effects between a process and its session, watch and clock.
extension FaultInjector {
  /// Those effects of a session that its process carries out.
  mutating func passed(
    _ effects: [MemberSession.Effect], of event: MemberSession.Event, by node: MemberNode, _ fault: ProtocolFault?
  ) -> [MemberSession.Effect] {
    switch fault {
    case .helloNotRepeated: effects.filter { $0 != .hello || sessions.helloed.insert(node.id).inserted }
    case .readyNotRepeated: effects.filter { $0 != .ready || sessions.readied.insert(node.id).inserted }
    case .heartbeatsWithNewsOnly:
      effects.filter { effect in
        guard case .heartbeat(let pulse) = effect else { return true }
        let last = sessions.pulses.updateValue(pulse, forKey: node.id)
        return last?.generation != pulse.generation || last?.orders != pulse.orders
      }
    case .ordersUnfenced:
      if case .orders(let generation) = event, effects.isEmpty, node.member != nil {
        [.enter(generation: generation), .follow]
      } else {
        effects
      }
    default: effects
    }
  }

  /// The times of a session's ticks: now, or with the fault also during a pause, so that the session does not notice
  /// it.
  mutating func ticks(until now: Double, of node: MemberNode, _ fault: ProtocolFault?) -> [Double] {
    guard fault == .memberPauseIgnored else { return [now] }
    let last = sessions.lastTicks.updateValue(now, forKey: node.id) ?? now
    return Array(stride(from: last + Timing.memberPause / 2, to: now, by: Timing.memberPause / 2)) + [now]
  }

  /// What is due in a turn of the coordinator. One fault hides its pauses from its clock, another suppresses
  /// heartbeats.
  func due(at now: Double, for node: CoordinatorNode, _ fault: ProtocolFault?) -> [CoordinatorClock.Due] {
    let due = node.clock.turn(now: now)
    return switch fault {
    case .coordinatorPauseIgnored: due.map { $0 == .paused ? .tick : $0 }
    case .coordinatorHeartbeatsStopped: due.filter { $0 != .heartbeats }
    default: due
    }
  }

  /// Those effects of the coordinator's machine that its process carries out.
  func passed(
    _ effects: [Coordinator<Int>.Effect], of event: Coordinator<Int>.Event, by node: CoordinatorNode,
    _ fault: ProtocolFault?
  ) -> [Coordinator<Int>.Effect] {
    switch (fault, event) {
    case (.strangersIgnored, .stranger): return []
    case (.reportsUnchecked, .from(let peer, .reported(_, let version))):
      guard let server = node.machine.roster.member(at: peer)?.rank else { return effects }
      let record = Coordinator<Int>.Effect.record(server: server, version: version)
      return effects.contains(record) ? effects : [record] + effects
    default: return effects
    }
  }

  /// With a fault, the end of a server that is only silent.
  func exit(
    after effects: [Coordinator<Int>.Effect], of node: CoordinatorNode, _ fault: ProtocolFault?
  ) -> Coordinator<Int>.Event? {
    guard fault == .silentServersReplaced else { return nil }
    for case .happened(let event) in effects where event.kind == .missed {
      guard let server = event.member, let state = node.machine.roster[server] else { continue }
      return .exited(server, incarnation: state.incarnation, how: event.what)
    }
    return nil
  }

  func passed(_ finding: ServerWatch.Finding?, _ fault: ProtocolFault?) -> ServerWatch.Finding? {
    fault == .requestsNotRepeated && finding == .overdue ? nil : finding
  }

  func passed(_ answer: ServerAnswer, _ fault: ProtocolFault?) -> ServerAnswer {
    guard fault == .goneTakenForDuplicate, case .gone = answer else { return answer }
    return .duplicate
  }
}
