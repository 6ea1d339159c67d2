package import Parameters

/// One server's part of the protocol: events in, effects out; no I/O, no clock, no randomness.
///
/// The server holds one shard. It collects the gradients of the step that leads from version v to v + 1, completes
/// their sums along the reduction tree, applies each segment's update once, as soon as its sum is complete, and answers
/// pulls by version. A push is a pull of the segment's next version, too. Every gradient is keyed by (generation, step,
/// segment, node), so duplicates are recognized and older generations are fenced out.
///
/// In an asynchronous run (`init(shard:asynchrony:)`), steps are made of whatever microbatches arrive first, and pulls are
/// answered with the newest weights: see `MicrobatchIntake`.
package struct ParameterServer<Scalar: KernelScalar, Peer: Hashable & Sendable> {
  /// The weights, and how one step updates them.
  package internal(set) var shard: ParameterShard<Scalar>
  /// Raised by the coordinator at every start, rewind and resume; 0 before the first.
  package private(set) var generation: UInt64 = 0
  /// The latest orders of this generation.
  package private(set) var orders = ServerOrders(number: 0, version: 0, horizon: 0, reported: 0)

  /// Orders of a later generation, until the state with which it begins has arrived.
  private var pending: (generation: UInt64, orders: ServerOrders)?
  /// Of this step, one for each segment.
  private var sums: [TreeSum<Contribution<Scalar>>] = []
  /// Of the sums, and of what they stand for, for all segments of a size: one is let go as soon as the segment is updated with
  /// it.
  private let pools: [Int: BufferPool<Scalar>]
  /// Which workers have contributed to the sums of this step, and whether with numbers that are not finite.
  private var contributions: [Int: Bool] = [:]
  /// Pending pulls of versions that do not exist yet, and of peers that the orders do not name yet, in order.
  var waiting: [Pull] = []
  /// Reports that the coordinator has not acknowledged.
  private var reports: [WindowReport] = []
  private(set) var isStopped = false
  /// Of an asynchronous run; takes the place of `sums`.
  var intake: MicrobatchIntake<Scalar>?
  var parked: [Parked] = []
  /// Of an asynchronous run: the version that each worker was sent last.
  var sent: [Peer: Int] = [:]
  /// How often each guard has refused an event.
  package internal(set) var refused: [ServerGuard: Int] = [:]
  /// Told when the handling of a push turns from sums to an update, and back; of a synchronous run.
  package var onWork: ((Work) -> Void)?

  struct Pull: Hashable {
    let peer: Peer
    let badge: UInt64?
    let segment: Int
    let version: Int
    /// The version that the peer holds.
    let base: Int?

    /// Whether both ask for the same.
    func repeats(_ other: Pull) -> Bool {
      segment == other.segment && version == other.version && badge == other.badge && peer == other.peer
    }
  }

  /// - Parameter tree: over the microbatches of one step.
  package init(shard: ParameterShard<Scalar>, tree: ReductionTree) {
    self.shard = shard
    var pools: [Int: BufferPool<Scalar>] = [:]
    for count in shard.codings.flatMap({ [$0.wordCount, $0.count] }) where pools[count] == nil {
      pools[count] = BufferPool(count: count) { Buffer(count: $0, apart: true) }
    }
    self.pools = pools
    sums = shard.codings.indices.map { TreeSum(over: tree, combine: addition(in: $0, step: shard.version)) }
  }

  private func pool(_ count: Int) -> BufferPool<Scalar> {
    guard let pool = pools[count] else { preconditionFailure("there is a pool for each size") }
    return pool
  }

  private func addition(in segment: Int, step: Int) -> Addition {
    let coding = shard.codings[segment]
    let (pool, threads) = (pool(coding.wordCount), shard.threads)
    // Never into a received buffer: over inproc it is the worker's own memory.
    return { coding.add($1, $2, at: .init(step: step, node: $0), into: pool.take(), on: threads) }
  }

  private typealias Addition =
    (ReductionTree.Node, Contribution<Scalar>, Contribution<Scalar>) -> Contribution<Scalar>

  /// A server of an asynchronous run.
  ///
  /// - Parameter shard: of one segment.
  package init(shard: ParameterShard<Scalar>, asynchrony: Asynchrony) {
    precondition(shard.segments.count == 1, "the gradient of a microbatch is applied as a whole")
    self.shard = shard
    pools = [:]
    intake = MicrobatchIntake(asynchrony, count: shard.count, on: shard.threads)
  }

  /// The number of the latest orders that the server follows, for heartbeats. A step that has begun is finished before it
  /// stops at a horizon that was lowered.
  package var followedOrders: Int { mayApply && shard.version >= orders.horizon ? orders.number - 1 : orders.number }

  /// Whether the horizon lets the server go on.
  var mayApply: Bool { shard.version < orders.horizon || !shard.isBetweenSteps }

  /// Handles one event and returns the resulting effects, in order.
  @specialized(where Scalar == Float, Peer == Parameters.Peer)
  @specialized(where Scalar == Double, Peer == Parameters.Peer)
  @specialized(where Scalar == Float, Peer == Int)
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
    case .pull(let peer, let badge, let generation, let segment, let version, let base):
      guard generation == self.generation else {
        return refuse(.pullOfOtherGeneration, .wrongGeneration(self.generation), to: peer)
      }
      guard shard.segments.indices.contains(segment) else { return [] }
      let pull = Pull(peer: peer, badge: badge, segment: segment, version: version, base: base)
      return intake == nil ? serve(pull) : answer(pull)
    case .push(let peer, let badge, let generation, let push):
      guard generation == self.generation else {
        return refuse(.pushOfOtherGeneration, .wrongGeneration(self.generation), to: peer)
      }
      guard let contributor = rank(showing: badge) else { return refuse(.pushOfStranger, .notAMember, to: peer) }
      return intake == nil
        ? accept(push, from: peer, contributor, badge: badge) : take(push, from: peer, contributor, badge: badge)
    }
  }

  private mutating func enter(_ generation: UInt64, _ orders: ServerOrders) -> [Effect] {
    guard orders.version > 0 else {
      shard.restart()
      return begin(generation, orders)
    }
    // What is left of the other generation is of no use to anybody, and its memory is where the state goes.
    isStopped = true
    pending = (generation, orders)
    return [.fetch(generation: generation, version: orders.version)]
  }

  private mutating func begin(_ generation: UInt64, _ orders: ServerOrders) -> [Effect] {
    self.generation = generation
    self.orders = orders
    pending = nil
    isStopped = false
    for segment in sums.indices { sums[segment].removeAll(combine: addition(in: segment, step: shard.version)) }
    intake?.begin(at: orders.version)
    parked.removeAll()
    sent.removeAll()
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
    return effects + serveWaiting() + sums.indices.flatMap { applyIfComplete($0) } + applyIfComplete()
  }

  /// The worker that shows this badge; `nil` for everybody else.
  func rank(showing badge: UInt64?) -> Int? {
    guard let badge, badge != 0 else { return nil }
    return orders.contributors.first { $0.badge == badge }?.rank
  }

  private func handOverIfCollected() -> [Effect] { handsOver(shard.version) ? [.handOver] : [] }

  /// Whether the shard's state is that of `version`, and the orders collect it.
  package func handsOver(_ version: Int) -> Bool {
    version == shard.version && orders.collect == version && !isStopped && shard.isBetweenSteps
  }

  /// Whether the state of `version` is to come, with which `generation` begins.
  package func awaits(_ version: Int, of generation: UInt64) -> Bool {
    pending.map { ($0.generation, $0.orders.version) == (generation, version) } ?? false
  }

  private mutating func serve(_ pull: Pull) -> [Effect] {
    let (peer, version) = (pull.peer, pull.version)
    // Non-finite weights are not served: the coordinator ends the run. A worker may be faster than the orders that name it.
    let isWithheld = isStopped && version == shard.version || rank(showing: pull.badge) == nil
    if !isWithheld, let sent = shard.sentWeights(at: version, segment: pull.segment, to: pull.base) {
      return [.weights(peer, segment: pull.segment, version: version, sent.content, isPacked: sent.isPacked)]
    }
    if isWithheld {
      _ = refuse(.withheldVersion)
    } else if version <= shard.version {
      let current = shard.isBetweenSteps ? shard.version : shard.version + 1
      return refuse(.goneVersion, .gone(current: current), to: peer)
    }
    // A repeated pull is answered to show that the server is alive; the peer may hold another version than before.
    if let index = waiting.firstIndex(where: { pull.repeats($0) }) {
      waiting[index] = pull
      return refuse(.repeatedPull, .waiting, to: peer)
    }
    wait(pull)
    return []
  }

  mutating func wait(_ pull: Pull) {
    waiting.removeAll { ($0.peer, $0.segment) == (pull.peer, pull.segment) }
    waiting.append(pull)
  }

  /// Lets what a push asks for by itself wait. If that is there already, the push is a repeated one, and a pull comes with it.
  private mutating func wait(_ push: Push, of peer: Peer, badge: UInt64?) {
    // Who has computed at a version holds it.
    let pull = Pull(peer: peer, badge: badge, segment: push.segment, version: push.step + 1, base: push.step)
    if push.step == shard.version, !shard.isUpdated(push.segment), !waiting.contains(where: { pull.repeats($0) }) {
      wait(pull)
    }
  }

  /// Serves the pulls that waited for a version or for orders.
  ///
  /// - Parameter segment: the only one that has changed; `nil` if others may have.
  private mutating func serveWaiting(for segment: Int? = nil) -> [Effect] {
    let due = waiting.filter {
      (segment == nil || $0.segment == segment)
        && ($0.version <= shard.version || shard.weights(at: $0.version, segment: $0.segment) != nil)
        && rank(showing: $0.badge) != nil
    }
    guard !due.isEmpty else { return [] }
    waiting.removeAll { due.contains($0) }
    return due.flatMap { intake == nil ? serve($0) : serveLatest($0) }
  }

  private mutating func accept(_ push: Push, from peer: Peer, _ contributor: Int, badge: UInt64?) -> [Effect] {
    let segment = push.segment
    guard shard.segments.indices.contains(segment) else {
      return refuse(.impossiblePush, .refused("the shard has no segment \(segment)"), to: peer)
    }
    guard !isStopped, push.step >= shard.version, push.step > shard.version || !shard.isUpdated(segment) else {
      return refuse(.pastStep, .duplicate, to: peer)
    }
    guard push.step == shard.version else {
      return refuse(.impossiblePush, .refused("step \(push.step) is ahead of version \(shard.version)"), to: peer)
    }
    let coding = shard.codings[segment]
    guard push.gradient.count == coding.wordCount else {
      let unit = shard.wire.format.isLossy ? "packed words" : "elements"
      let sentence = "a gradient of \(push.gradient.count) \(unit) for a segment of \(coding.wordCount)"
      return refuse(.impossiblePush, .refused(sentence), to: peer)
    }
    for (name, numbers) in [("squared gradients", push.squares), ("rounding errors", push.errors)] {
      let logged = numbers.isEmpty ? 0 : shard.loggedFilters(ofSegment: segment)
      guard numbers.count != logged else { continue }
      let sentence = "\(name) of \(numbers.count) filters for a segment that logs \(logged), or none"
      return refuse(.impossiblePush, .refused(sentence), to: peer)
    }
    let contribution = Contribution(
      gradient: push.gradient, tally: push.tally, squares: push.squares, errors: push.errors)
    switch sums[segment].insert(contribution, at: push.node) {
    case .accepted:
      note(push, of: contributor)
      wait(push, of: peer, badge: badge)
      return applyIfComplete(segment)
    case .duplicate:
      wait(push, of: peer, badge: badge)
      return refuse(.repeatedPush, .duplicate, to: peer)
    case .unknown:
      return refuse(
        .impossiblePush, .refused("the tree has no node \(push.node.start)+\(push.node.count)"), to: peer)
    }
  }

  /// Notes whether the worker's gradient is finite.
  mutating func note(_ push: Push, of contributor: Int) {
    // With one worker there is nobody to tell it from, and small steps are spared the pass over the gradient.
    let isFinite =
      orders.contributors.count < 2 || shard.codings[push.segment].areFinite(push.gradient, on: shard.threads)
    contributions[contributor] = contributions[contributor, default: true] && isFinite
  }

  private mutating func applyIfComplete(_ segment: Int) -> [Effect] {
    guard !isStopped, mayApply, let sum = sums[segment].total else { return [] }
    sums[segment].removeAll(combine: addition(in: segment, step: shard.version + 1))
    let total = Contribution(
      gradient: shard.codings[segment].unpacked(sum.gradient, into: pool(shard.segments[segment].count)),
      tally: sum.tally,
      squares: sum.squares, errors: sum.errors)
    onWork?(.update)
    let report = shard.advance(segment, along: total)
    onWork?(.sum)
    guard shard.isBetweenSteps else { return serveWaiting(for: segment) }
    // At a horizon, the sums of all segments wait.
    if shard.version.isMultiple(of: 16) { for pool in pools.values { pool.trim() } }
    return finish(report)
  }

  /// What follows a step.
  ///
  /// - Parameter report: of the logging window, if it is due.
  mutating func finish(_ report: WindowReport?) -> [Effect] {
    let faulty = contributions.filter { !$0.value }.keys.sorted()
    let isShared = faulty.count == contributions.count
    contributions.removeAll(keepingCapacity: true)
    var effects: [Effect] = []
    if var report {
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
