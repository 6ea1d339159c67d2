package import Parameters

/// What differs in an asynchronous run: any microbatches make a step, and a worker gets the newest weights there are.
extension ParameterServer {
  /// A gradient that has to wait until the horizon lets the server take the step that is complete.
  struct Parked {
    let peer: Peer
    let badge: UInt64?
    let push: Push
    let contributor: Int
  }

  /// The microbatches that made the weights what they are; `nil` in a synchronous run.
  package var appliedMicrobatches: MicrobatchSet? { intake?.applied }

  /// Takes the gradient of one microbatch, whose number is that of the node's only leaf.
  mutating func take(_ push: Push, from peer: Peer, _ contributor: Int, badge: UInt64?) -> [Effect] {
    let (microbatch, count) = (push.node.start, push.gradient.count)
    guard push.segment == 0, push.node.count == 1, count == shard.count, push.squares.isEmpty, push.errors.isEmpty
    else {
      let sentence =
        "a gradient of \(count) elements, segment \(push.segment), over \(push.node.count) microbatches; accepted in an "
        + "asynchronous run: \(shard.count) elements, segment 0, one microbatch, no squares"
      return refuse(.impossiblePush, .refused(sentence), to: peer)
    }
    guard push.step <= shard.version else {
      return refuse(.impossiblePush, .refused("version \(push.step) is ahead of \(shard.version)"), to: peer)
    }
    guard !isStopped else { return [] }
    guard intake?.isComplete == false else {
      parked.removeAll { $0.peer == peer && $0.push.node == push.node }
      parked.append(Parked(peer: peer, badge: badge, push: push, contributor: contributor))
      return []
    }
    let contribution = Contribution(gradient: push.gradient, tally: push.tally)
    guard
      let decision = intake?.take(microbatch, contribution, computedAt: push.step, current: shard.version)
    else { return [] }
    if decision != .applied { _ = refuse(decision == .late ? .lateMicrobatch : .staleMicrobatch) }
    if decision == .applied { note(push, of: contributor) }
    let answer = Effect.answer(peer, .decided(microbatch: microbatch, decision, version: shard.version))
    let effects = [answer] + applyIfComplete()
    // What it sends next is to be computed at newer weights.
    let next = max(push.step, sent[peer] ?? 0) + 1
    return effects + serveLatest(Pull(peer: peer, badge: badge, segment: 0, version: next, base: nil))
  }

  /// Answers an explicit pull; a repeated one shows that the server is alive.
  mutating func answer(_ pull: Pull) -> [Effect] {
    if waiting.contains(pull) { return refuse(.repeatedPull, .waiting, to: pull.peer) }
    return serveLatest(pull)
  }

  /// Sends the current weights, or lets the pull wait until they have the version asked for.
  mutating func serveLatest(_ pull: Pull) -> [Effect] {
    if !isStopped, pull.version <= shard.version, rank(showing: pull.badge) != nil,
      let weights = shard.weights(at: shard.version)
    {
      waiting.removeAll { $0.peer == pull.peer }
      sent[pull.peer] = shard.version
      return [.weights(pull.peer, segment: 0, version: shard.version, weights, isPacked: false)]
    }
    guard !waiting.contains(pull) else { return [] }
    wait(pull)
    return []
  }

  /// Takes what arrived while the server could not go on.
  mutating func takeParked() -> [Effect] {
    var effects: [Effect] = []
    while intake?.isComplete == false, !parked.isEmpty {
      let next = parked.removeFirst()
      effects += take(next.push, from: next.peer, next.contributor, badge: next.badge)
    }
    return effects
  }

  /// Takes the step that has been collected, if the horizon lets it.
  mutating func applyIfComplete() -> [Effect] {
    guard !isStopped, mayApply, let total = intake?.takeStep() else { return [] }
    return finish(shard.advance(0, along: total)) + takeParked()
  }
}
