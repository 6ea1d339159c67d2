import Parameters

extension Coordinator {
  /// Seconds after which orders are repeated to somebody who owes something; twice as many after each repetition.
  private static var patience: Double { 1 }
  private static var longestPatience: Double { 16 }

  /// Divides the microbatches, and the chunks that nobody has counted, among the workers.
  mutating func shareOut() {
    let workers = roster.ready(.worker)
    leases = Self.shares(of: Array(0..<tree.leafCount), along: tree, among: workers)
    chunkLeases = Self.shares(of: milestone?.missingChunks ?? [], along: chunks, among: workers)
  }

  /// An even share of neighbouring leaves for each worker; none for those beyond the number of leaves.
  private static func shares(
    of leaves: [Int], along tree: ReductionTree, among workers: [Member]
  ) -> [Member: [ReductionTree.Node]] {
    let busy = min(workers.count, leaves.count)
    return Dictionary(
      uniqueKeysWithValues: workers.prefix(busy).enumerated().map { index, worker in
        let share = leaves[(leaves.count * index / busy)..<(leaves.count * (index + 1) / busy)]
        return (worker, tree.maximalNodes(covering: Set(share)))
      })
  }

  /// Divides the work anew after a worker came or went.
  mutating func reassign(now: Double) -> [Effect] {
    guard phase == .training else { return [] }
    number += 1
    shareOut()
    return orderWorkers(now: now) + orderServers(now: now)
  }

  mutating func orderServers(now: Double) -> [Effect] {
    roster.ready(.server).flatMap { order($0, now: now) }
  }

  mutating func orderWorkers(now: Double) -> [Effect] {
    roster.ready(.worker).flatMap { order($0, now: now) }
  }

  private mutating func order(_ member: Member, now: Double) -> [Effect] {
    guard let peer = roster[member]?.peer else { return [] }
    roster[member]?.noteOrder(number, now: now)
    switch member.role {
    case .server:
      let orders = ServerOrders(
        number: number, version: firstVersion, horizon: interruption?.isHolding == true ? 0 : horizon,
        collect: milestone.flatMap { $0.isKept ? $0.version : nil }, reported: reported[member.rank] ?? firstVersion)
      return [.server(peer, generation: generation, orders)]
    case .worker:
      let evaluation = milestone.flatMap { milestone in
        milestone.evaluation.map { _ in
          WorkerOrders.Evaluation(version: milestone.version, nodes: chunkLeases[member] ?? [])
        }
      }
      let orders = WorkerOrders(
        number: number, version: lowestVersion,
        endpoints: (0..<plan.serverCount).map { roster[Member(.server, $0)]?.endpoint ?? "" },
        nodes: leases[member] ?? [], evaluation: evaluation)
      return [.worker(peer, generation: generation, orders)]
    }
  }

  /// Says again what was not answered: messages get lost where connections break.
  mutating func repeatOrders(now: Double) -> [Effect] {
    guard phase == .training || phase == .restoring else { return [] }
    return roster.present.filter {
      owes($0) && roster[$0]?.isOrderOverdue(now: now, Self.patience, Self.longestPatience) == true
    }
    .flatMap { order($0, now: now) }
  }

  /// Whether the member has not followed its orders, as far as one can see.
  private func owes(_ member: Member) -> Bool {
    guard let seat = roster[member], seat.isReady, member.role == .server || phase == .training else { return false }
    guard seat.pulse.generation == generation, seat.pulse.orders >= number else { return true }
    guard let milestone else { return false }
    switch member.role {
    case .server:
      let isBehind =
        reported[member.rank, default: 0] < plan.lastReport(at: min(seat.pulse.progress, milestone.version))
      return isBehind || seat.pulse.progress >= milestone.version && milestone.awaited.contains(member.rank)
    case .worker:
      let missing = milestone.missingChunks
      return !missing.isEmpty && (chunkLeases[member] ?? []).contains { $0.leaves.contains { missing.contains($0) } }
        && lowestVersion >= milestone.version
    }
  }
}
