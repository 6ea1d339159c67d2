package import Parameters

/// One server's part of the protocol: events in, effects out; no I/O, no clock, no randomness.
///
/// The server holds one shard. It collects the gradients of the step that leads from version v to v + 1, completes
/// their sum along the reduction tree, applies the update once, and answers pulls by version. Every gradient is keyed
/// by (generation, step, node), so duplicates are recognized and older generations are fenced out.
package struct ParameterServer<Scalar: KernelScalar, Peer: Hashable & Sendable> {
  /// The weights, and how one step updates them.
  package private(set) var shard: ParameterShard<Scalar>
  /// Raised by the coordinator at every start, rewind and resume; 0 before the first.
  package private(set) var generation: UInt64 = 0
  /// The latest orders of this generation.
  package private(set) var orders = ServerOrders(number: 0, version: 0, horizon: 0, reported: 0)

  /// Orders of a later generation, until the state with which it begins has arrived.
  private var pending: (generation: UInt64, orders: ServerOrders)?
  private var sums: TreeSum<Contribution<Scalar>>
  /// Which workers have contributed to the sums of this step, and whether with numbers that are not finite.
  private var contributions: [Int: Bool] = [:]
  /// Pending pulls of versions that do not exist yet, and of peers that the orders do not name yet, in order.
  private var waiting: [Pull] = []
  /// Reports that the coordinator has not acknowledged.
  private var reports: [WindowReport] = []
  private var isStopped = false
  /// How often each guard has refused an event.
  package internal(set) var refused: [ServerGuard: Int] = [:]

  private struct Pull: Hashable {
    let peer: Peer
    let badge: UInt64?
    let version: Int
  }

  /// - Parameter tree: over the microbatches of one step.
  package init(shard: ParameterShard<Scalar>, tree: ReductionTree) {
    self.shard = shard
    let pool = BufferPool<Scalar>(count: shard.count)
    // Never into a received buffer: over inproc it is the worker's own memory.
    sums = TreeSum(over: tree) { .add($0, $1, into: pool.take()) }
  }

  /// Handles one event and returns the resulting effects, in order.
  package mutating func handle(_ event: Event) -> [Effect] {
    switch event {
    case .orders(let generation, let orders):
      let latest = pending ?? (self.generation, self.orders)
      guard (generation, orders.number) >= (latest.generation, latest.orders.number) else {
        return refuse(.olderOrders)
      }
      return generation == self.generation ? follow(orders) : enter(generation, orders)
    case .state(let generation, let state):
      guard let pending, generation == pending.generation, state.version == pending.orders.version else {
        return refuse(.unawaitedState)
      }
      shard.restore(state)
      return begin(pending.generation, pending.orders)
    case .pull(let peer, let badge, let generation, let version):
      guard generation == self.generation else {
        return refuse(.pullOfOtherGeneration, .wrongGeneration(self.generation), to: peer)
      }
      return serve(Pull(peer: peer, badge: badge, version: version))
    case .push(let peer, let badge, let generation, let push):
      guard generation == self.generation else {
        return refuse(.pushOfOtherGeneration, .wrongGeneration(self.generation), to: peer)
      }
      guard let contributor = rank(showing: badge) else { return refuse(.pushOfStranger, .notAMember, to: peer) }
      return accept(push, from: peer, contributor)
    }
  }

  private mutating func enter(_ generation: UInt64, _ orders: ServerOrders) -> [Effect] {
    guard orders.version > 0 else {
      shard.restart()
      return begin(generation, orders)
    }
    pending = (generation, orders)
    return [.fetch(generation: generation, version: orders.version)]
  }

  private mutating func begin(_ generation: UInt64, _ orders: ServerOrders) -> [Effect] {
    self.generation = generation
    self.orders = orders
    pending = nil
    isStopped = false
    sums.removeAll()
    contributions.removeAll()
    waiting.removeAll()
    reports.removeAll()
    return handOverIfCollected()
  }

  private mutating func follow(_ orders: ServerOrders) -> [Effect] {
    // Repeated orders mean that a reply was lost.
    let isRepeated = orders.number == self.orders.number
    let isCollectedAlready = orders.collect == self.orders.collect
    self.orders = orders
    reports.removeAll { $0.version <= orders.reported }
    var effects = isRepeated ? reports.map { Effect.report($0) } : []
    if isRepeated || !isCollectedAlready { effects += handOverIfCollected() }
    return effects + serveWaiting() + applyIfComplete()
  }

  /// The worker that shows this badge; `nil` for everybody else.
  private func rank(showing badge: UInt64?) -> Int? {
    guard let badge, badge != 0 else { return nil }
    return orders.contributors.first { $0.badge == badge }?.rank
  }

  private func handOverIfCollected() -> [Effect] {
    orders.collect == shard.version && !isStopped ? [.handOver(shard.state())] : []
  }

  private mutating func serve(_ pull: Pull) -> [Effect] {
    let (peer, version) = (pull.peer, pull.version)
    // Non-finite weights are not served: the coordinator ends the run. A worker may be faster than the orders that name it.
    let isWithheld = isStopped && version == shard.version || rank(showing: pull.badge) == nil
    if !isWithheld, let weights = shard.weights(at: version) { return [.weights(peer, version: version, weights)] }
    if isWithheld {
      _ = refuse(.withheldVersion)
    } else if version <= shard.version {
      return refuse(.goneVersion, .gone(current: shard.version), to: peer)
    }
    // A repeated pull is answered to show that the server is alive.
    if waiting.contains(pull) { return refuse(.repeatedPull, .waiting, to: peer) }
    waiting.removeAll { $0.peer == peer }
    waiting.append(pull)
    return []
  }

  /// Serves the pulls that waited for a version or for orders.
  private mutating func serveWaiting() -> [Effect] {
    let due = waiting.filter { $0.version <= shard.version && rank(showing: $0.badge) != nil }
    waiting.removeAll { due.contains($0) }
    return due.flatMap { serve($0) }
  }

  private mutating func accept(_ push: Push, from peer: Peer, _ contributor: Int) -> [Effect] {
    guard !isStopped, push.step >= shard.version else { return refuse(.pastStep, .duplicate, to: peer) }
    guard push.step == shard.version else {
      return refuse(.impossiblePush, .refused("step \(push.step) is ahead of version \(shard.version)"), to: peer)
    }
    guard push.gradient.count == shard.count else {
      let sentence = "a gradient of \(push.gradient.count) elements for a shard of \(shard.count)"
      return refuse(.impossiblePush, .refused(sentence), to: peer)
    }
    guard push.squares.isEmpty || push.squares.count == shard.loggedFilters else {
      let sentence =
        "squared gradients of \(push.squares.count) filters for a shard that logs \(shard.loggedFilters), or none"
      return refuse(.impossiblePush, .refused(sentence), to: peer)
    }
    let contribution = Contribution(gradient: push.gradient, tally: push.tally, squares: push.squares)
    switch sums.insert(contribution, at: push.node) {
    case .accepted:
      // With one worker there is nobody to tell it from, and small steps are spared the pass over the gradient.
      let isFinite =
        orders.contributors.count < 2
        || (unsafe Scalar.areFinite(push.gradient.start, count: push.gradient.count))
      contributions[contributor] = contributions[contributor, default: true] && isFinite
      return applyIfComplete()
    case .duplicate: return refuse(.repeatedPush, .duplicate, to: peer)
    case .unknown:
      return refuse(
        .impossiblePush, .refused("the tree has no node \(push.node.start)+\(push.node.count)"), to: peer)
    }
  }

  private mutating func applyIfComplete() -> [Effect] {
    guard !isStopped, shard.version < orders.horizon, let total = sums.total else { return [] }
    sums.removeAll()
    let faulty = contributions.filter { !$0.value }.keys.sorted()
    let isShared = faulty.count == contributions.count
    contributions.removeAll(keepingCapacity: true)
    var effects: [Effect] = []
    if var report = shard.advance(along: total) {
      if report.nonFinite != nil, !isShared { report.senders = faulty }
      reports.append(report)
      effects.append(.report(report))
      isStopped = report.nonFinite != nil
    }
    guard !isStopped else { return effects }
    effects += handOverIfCollected()
    return effects + serveWaiting()
  }
}
