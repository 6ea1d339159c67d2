import Parameters

/// What each member is told to do. Orders are complete and numbered: a member needs the last ones only.
extension Coordinator {
  /// Divides the work anew after a worker joined or left.
  mutating func reassign(now: Double) -> [Effect] {
    switch phase {
    case .training(var training):
      training.share(among: roster.ready(.worker))
      phase = .training(training)
    // Servers learn who contributes; the work itself is divided once they have entered the generation.
    case .restoring: break
    case .joining, .closing, .ended: return []
    }
    current.orders += 1
    return orderWorkers(now: now) + orderServers(now: now)
  }

  mutating func orderServers(now: Double) -> [Effect] {
    roster.ready(.server).compactMap { order($0, now: now) }
  }

  mutating func orderWorkers(now: Double) -> [Effect] {
    roster.ready(.worker).compactMap { order($0, now: now) }
  }

  mutating func order(_ member: Member, now: Double) -> Effect? {
    guard let orders = orders(for: member) else { return nil }
    roster[member]?.noteOrder(current.orders, now: now)
    return orders
  }

  /// The orders in force for a member; `nil` in a phase that has none for its role.
  private func orders(for member: Member) -> Effect? {
    guard let peer = roster[member]?.peer else { return nil }
    switch (member.role, phase) {
    case (.server, .restoring(let restoring)):
      let horizon = restoring.milestone.version
      return .server(
        peer, generation: generation, orders(forServer: member.rank, toward: restoring.milestone, horizon: horizon))
    case (.server, .training(let training)):
      return .server(
        peer, generation: generation,
        orders(forServer: member.rank, toward: training.milestone, horizon: training.horizon))
    case (.worker, .training(let training)):
      return .worker(peer, generation: generation, orders(for: member, in: training))
    default: return nil
    }
  }

  private func orders(forServer rank: Int, toward milestone: Milestone, horizon: Int) -> ServerOrders {
    ServerOrders(
      number: current.orders, version: current.firstVersion, horizon: horizon,
      collect: milestone.isKept ? milestone.version : nil, reported: current.reported[rank] ?? current.firstVersion,
      contributors: roster.contributors)
  }

  private func orders(for worker: Member, in training: RunPhase.Training) -> WorkerOrders {
    let evaluation = training.milestone.evaluation.map { _ in
      WorkerOrders.Evaluation(version: training.milestone.version, nodes: training.chunks[worker] ?? [])
    }
    return WorkerOrders(
      number: current.orders, version: lowestVersion,
      endpoints: plan.servers.map { roster[Member(.server, $0)]?.endpoint ?? "" },
      nodes: training.microbatches[worker] ?? [], evaluation: evaluation)
  }

  /// Retransmits unacknowledged orders, with exponential back-off.
  mutating func retransmitOrders(now: Double) -> [Effect] {
    roster.present.filter { roster[$0]?.isRetransmissionDue(now: now) == true && hasOpenOrders($0) }
      .compactMap { order($0, now: now) }
  }

  /// Whether the member has not followed its orders, as far as the coordinator knows.
  private func hasOpenOrders(_ member: Member) -> Bool {
    guard let state = roster[member], state.isReady, let milestone = phase.milestone else { return false }
    let isCurrent = state.pulse.generation == generation && state.pulse.orders >= current.orders
    switch (member.role, phase) {
    case (.server, _):
      let isBehind =
        current.reported[member.rank, default: 0] < plan.lastReport(at: min(state.pulse.progress, milestone.version))
      let owesState = state.pulse.progress >= milestone.version && milestone.awaited.contains(member.rank)
      return !isCurrent || isBehind || owesState
    case (.worker, .training(let training)):
      let missing = milestone.missingChunks
      let owesChunks = (training.chunks[member] ?? []).contains { $0.leaves.contains { missing.contains($0) } }
      return !isCurrent || owesChunks && lowestVersion >= milestone.version
    case (.worker, _): return false
    }
  }
}
