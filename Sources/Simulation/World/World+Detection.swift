import Coordination

/// The promise of the failure detectors: nothing that is alive, awake and connected is declared failed.
extension World {
  /// Slack beyond the detectors' limits: messages take up to half a second, and turns are a tenth of a second apart.
  private static var slack: Double { 1 }

  /// Checks the members that the coordinator has declared failed in a tick, or because a process has ended.
  func checkFailures(since before: Roster<Int>, _ node: CoordinatorNode, _ event: Coordinator<Int>.Event) {
    if case .ended = node.machine.phase { return }
    for member in before.present {
      guard let state = before[member], node.machine.roster[member]?.peer != state.peer, let lost = members[state.peer]
      else { continue }
      if case .exited = event { return violate("\(member) was given up, and its process lives") }
      if schedule.disturbances.isEmpty { return violate("\(member) was declared failed, and nothing had happened") }
      let limit = state.isReady ? schedule.plan.silenceDeadline : schedule.plan.loadingDeadline
      let since = now - limit - Self.slack
      guard sleeps[lost.id] ?? 0 < since, !wasCut(node.id, lost.id, since: since) else { continue }
      violate("\(member) was declared failed, and was alive, awake and connected")
    }
  }

  /// Checks a silence of `seconds` after which `node` gives up another process.
  func checkSilence(of id: Int, toward node: MemberNode, for seconds: Double) {
    let since = now - seconds - Self.slack
    guard coordinator?.id == id || members[id] != nil, sleeps[id] ?? 0 < since, !wasCut(id, node.id, since: since)
    else {
      return
    }
    violate("\(node.place.map { "\($0)" } ?? "a newcomer") gave up a process that was alive, awake and connected")
  }

  /// A worker sends its requests to the servers of its generation.
  func checkEndpoints(of node: MemberNode, in generation: UInt64) {
    guard let machine = coordinator?.machine, case .training = machine.phase, machine.generation == generation else {
      return
    }
    let servers = (0..<schedule.servers).map { machine.roster[Member(.server, $0)]?.endpoint ?? "" }
    if node.endpoints.map(String.init) != servers {
      violate("\(node.place.map { "\($0)" } ?? "a newcomer") asks servers of another generation")
    }
  }

  private func wasCut(_ a: Int, _ b: Int, since: Double) -> Bool {
    guard let first = place(of: a), let second = place(of: b) else { return false }
    return cuts.contains { cut in
      cut.until > since && (cut.from == first && cut.to == second || cut.from == second && cut.to == first)
    }
  }
}
