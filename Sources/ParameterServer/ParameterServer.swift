package import Parameters

/// One server's part of the protocol: events in, effects out; no I/O, no clock, no randomness.
///
/// The server holds one shard. It collects the gradients of the step that leads from version v to v + 1, completes
/// their sum along the reduction tree, applies the update once, and answers pulls by version. Everything a peer sends
/// is keyed by (generation, step, node), so a repetition is recognised and an older generation is fenced out.
package struct ParameterServer<Scalar: KernelScalar, Peer: Hashable & Sendable> {
  /// Where the weights live and how one step changes them.
  package private(set) var shard: ParameterShard<Scalar>
  /// Raised by the coordinator at every start, rewind and resume; 0 before the first.
  package private(set) var generation: UInt64 = 0
  /// No update is applied that would go beyond this version.
  package private(set) var horizon = 0

  private var sums: TreeSum<Contribution<Scalar>>
  private var waiting: [Peer: Int] = [:]
  private var isStopped = false

  /// - Parameter tree: over the microbatches of one step.
  package init(shard: ParameterShard<Scalar>, tree: ReductionTree) {
    self.shard = shard
    let pool = BufferPool<Scalar>(count: shard.count)
    // Never into a received buffer: over inproc it is the worker's own.
    sums = TreeSum(over: tree) { .add($0, $1, into: pool.take()) }
  }

  /// Takes one event and returns what has to be done about it, in order.
  package mutating func handle(_ event: Event) -> [Effect] {
    switch event {
    case .begin(let generation, let horizon):
      guard generation > self.generation else { return [] }
      self.generation = generation
      self.horizon = horizon
      isStopped = false
      sums.removeAll()
      waiting.removeAll()
      return []
    case .horizon(let generation, let version):
      guard generation == self.generation else { return [] }
      horizon = max(horizon, version)
      return applyIfComplete()
    case .pull(let peer, let generation, let version):
      guard generation == self.generation else { return [.answer(peer, .wrongGeneration(self.generation))] }
      return pull(version, for: peer)
    case .push(let peer, let generation, let push):
      guard generation == self.generation else { return [.answer(peer, .wrongGeneration(self.generation))] }
      return accept(push, from: peer)
    }
  }

  private mutating func pull(_ version: Int, for peer: Peer) -> [Effect] {
    if let weights = shard.weights(at: version) { return [.weights(peer, version: version, weights)] }
    guard version > shard.version else { return [.answer(peer, .gone(current: shard.version))] }
    // No worker can be further ahead than the version that its own push helps to make.
    guard version == shard.version + 1 else {
      return [.answer(peer, .refused("version \(version) is out of reach of version \(shard.version)"))]
    }
    // Who asks again wants to know that somebody is here.
    return waiting.updateValue(version, forKey: peer) == version ? [.answer(peer, .waiting)] : []
  }

  private mutating func accept(_ push: Push, from peer: Peer) -> [Effect] {
    guard !isStopped, push.step >= shard.version else { return [.answer(peer, .duplicate)] }
    guard push.step == shard.version else {
      return [.answer(peer, .refused("step \(push.step) is ahead of version \(shard.version)"))]
    }
    guard push.gradient.count == shard.count else {
      return [.answer(peer, .refused("a gradient of \(push.gradient.count) elements for a shard of \(shard.count)"))]
    }
    guard push.squares.isEmpty || push.squares.count == shard.loggedFilters else {
      return [
        .answer(
          peer,
          .refused(
            "squared gradients of \(push.squares.count) filters for a shard that logs \(shard.loggedFilters), or none"))
      ]
    }
    let contribution = Contribution(gradient: push.gradient, tally: push.tally, squares: push.squares)
    switch sums.insert(contribution, at: push.node) {
    case .accepted: return applyIfComplete()
    case .duplicate: return [.answer(peer, .duplicate)]
    case .unknown: return [.answer(peer, .refused("the tree has no node \(push.node.start)+\(push.node.count)"))]
    }
  }

  private mutating func applyIfComplete() -> [Effect] {
    guard !isStopped, shard.version < horizon, let total = sums.total else { return [] }
    sums.removeAll()
    let report = shard.advance(along: total)
    var effects: [Effect] = report.map { [.report($0)] } ?? []
    if report?.nonFinite != nil {
      // Whoever pulls now must not train on: the coordinator ends the run.
      isStopped = true
      return effects
    }
    for (peer, version) in waiting.sorted(by: { $0.value < $1.value }) where version == shard.version {
      effects.append(contentsOf: pull(version, for: peer))
      waiting[peer] = nil
    }
    return effects
  }
}
