package import Parameters

/// One worker's part of the protocol: pull → gradient → push, as events in and effects out.
///
/// The worker holds a set of tree nodes. For each step it gathers the weights of one version from all servers, has the
/// gradients of the microbatches below its nodes computed, sums them along the tree, and sends each node's sum to every
/// server: segment by segment, as soon as each is complete. A push is a pull of the segment's next version, too. No push of
/// step t + 1 is sent before version t + 1 of every segment has arrived, so servers differ by one version at most.
///
/// The nodes may change at any time, when other workers join or leave. The new nodes apply to the worker's current
/// step: the step cannot complete without them, and no worker is ahead of an incomplete step.
package struct Worker<Scalar: KernelScalar>: WorkerMachine {
  private let shards: ShardMap
  private let tree: ReductionTree
  private let chunks: ReductionTree
  private let lastVersion: Int
  private let reportsAfter: @Sendable (_ version: Int) -> Bool
  private let pool: BufferPool<Scalar>
  private let wire: Wire
  /// How the numbers of each segment travel.
  private let codings: [SegmentCoding]
  /// For the sums of each segment.
  private let sumPools: [BufferPool<Scalar>]

  package private(set) var generation: UInt64 = 0
  private var orders = WorkerOrders(number: -1, version: 0, endpoints: [], nodes: [])
  /// The version that is being gathered, if any.
  private var wanted: Int?
  private var gathering: Gathering<Scalar>
  /// The last complete weights, and the progress of the step that starts from them.
  private var step: Step?
  private var evaluation: (version: Int, share: Share<Tally>)?
  package var refused: [WorkerGuard: Int] = [:]

  private struct Step {
    let version: Int
    let weights: Buffer<Scalar>
    /// One for each segment, of the same nodes.
    var shares: [Share<Contribution<Scalar>>]

    var isDelivered: Bool { shares.allSatisfy { $0.isDelivered } }
  }

  /// - Parameters:
  ///   - tree: over the microbatches of one step.
  ///   - chunks: over the chunks of the test images.
  ///   - lastVersion: the version at which training ends.
  ///   - reportsAfter: whether a logging window ends with this version; squares are measured in the step that leads to
  ///     it, and errors of rounding.
  ///   - wire: how gradients and weights travel.
  ///   - allocate: makes the buffers of the gradients and their sums.
  package init(
    shards: ShardMap, tree: ReductionTree, chunks: ReductionTree, lastVersion: Int,
    reportsAfter: @escaping @Sendable (Int) -> Bool = { _ in false }, wire: Wire = .plain,
    allocating allocate: @escaping BufferPool<Scalar>.Allocation = { Buffer(count: $0) }
  ) {
    self.shards = shards
    self.tree = tree
    self.chunks = chunks
    self.lastVersion = lastVersion
    self.reportsAfter = reportsAfter
    pool = BufferPool(count: shards.layout.count, allocating: allocate)
    self.wire = wire
    codings = shards.segments.indices.map { shards.coding(ofSegment: $0, wire) }
    let slabs = Slabs<Scalar>(count: codings.reduce(0) { $0 + $1.wordCount }, allocating: allocate)
    var end = 0
    sumPools = codings.map { coding in
      defer { end += coding.wordCount }
      return BufferPool(count: coding.wordCount, allocating: slabs.allocation(of: end..<end + coding.wordCount))
    }
    gathering = Gathering(shards: shards)
  }

  package var ordersNumber: Int { max(orders.number, 0) }

  /// The servers that owe this worker weights, in order: they need what it has to send first.
  package private(set) var awaitedServers: [Int] = []

  /// Microbatches are part of its orders.
  package var awaitsMicrobatches: Bool { false }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func handle(_ event: Event) -> [Effect] {
    let effects = react(to: event)
    // The caller asks far more often than anything happens.
    awaitedServers.removeAll(keepingCapacity: true)
    guard wanted != nil, step?.isDelivered != false else { return effects }
    for segment in gathering.missing where awaitedServers.last != shards.segments[segment].server {
      awaitedServers.append(shards.segments[segment].server)
    }
    return effects
  }

  private mutating func react(to event: Event) -> [Effect] {
    switch event {
    case .orders(let generation, let orders): return follow(orders, of: generation)
    case .weights(let segment, let generation, let version, let part, let isPacked):
      guard generation == self.generation, version == wanted else { return refuse(.otherWeights) }
      // Differences from a version that the worker held when it asked.
      let isDifference = isPacked && wire.format.sendsDifferences
      guard !isDifference || base(for: version) != nil else { return refuse(.otherWeights) }
      let isNew =
        isPacked
        ? gathering.insert(packed: part, segment, coding: codings[segment], onto: step?.weights)
        : gathering.insert(part, segment)
      guard isNew else { return refuse(.repeatedWeights) }
      guard let weights = gathering.complete else { return [] }
      return start(version, with: weights)
    case .computed(let generation, let version, let microbatch, let segment, let contribution):
      guard generation == self.generation, version == step?.version else { return refuse(.lateGradient) }
      let place = SegmentCoding.Place(step: version, node: .init(start: microbatch, count: 1))
      let leaf = codings[segment].packed(
        contribution, at: place, measuring: wire.format.isLossy && reportsAfter(version + 1), into: sumPools[segment])
      step?.shares[segment].insert(leaf, at: microbatch)
      return push(segment) + goOn()
    case .evaluated(let generation, let version, let chunk, let tally):
      guard generation == self.generation, version == evaluation?.version else { return refuse(.lateTally) }
      evaluation?.share.insert(tally, at: chunk)
      return tell(evaluation?.share.deliver())
    case .answer(let server, let generation, let answer):
      guard generation == self.generation else { return refuse(.lateAnswer) }
      return answered(answer, by: server)
    case .granted: return refuse(.olderGrant)
    case .deadline: return repeatRequests()
    }
  }

  private mutating func follow(_ orders: WorkerOrders, of generation: UInt64) -> [Effect] {
    guard (self.generation, self.orders.number) <= (generation, orders.number) else { return refuse(.olderOrders) }
    // Repeated orders mean that a reply was lost.
    let isRepeated = (self.generation, self.orders.number) == (generation, orders.number)
    if generation > self.generation {
      self.generation = generation
      (wanted, step, evaluation) = (nil, nil, nil)
    } else if self.orders.nodes.isEmpty, !orders.nodes.isEmpty {
      // The spare now has work, at the servers' current version.
      wanted = nil
      if let held = step, held.version < orders.version { step = nil }
    }
    self.orders = orders
    for segment in step?.shares.indices ?? 0..<0 { step?.shares[segment].assign(orders.nodes) }
    if let asked = orders.evaluation {
      if evaluation?.version != asked.version {
        evaluation = (asked.version, Share(of: asked.nodes, sums: TreeSum(over: chunks, combine: +)))
      }
      evaluation?.share.assign(asked.nodes)
    } else {
      evaluation = nil
    }
    return compute() + shards.segments.indices.flatMap { push($0) } + evaluate()
      + tell(isRepeated ? evaluation?.share.delivered : evaluation?.share.deliver())
      + goOn()
  }

  /// Requests the next weights that the orders require, if any.
  private mutating func goOn() -> [Effect] {
    if let wanted {
      // Segments that were pushed need no request; those that others have summed without this worker do.
      return step?.isDelivered == true ? pull(wanted) : []
    }
    let isEvaluating = evaluation.map { !$0.share.nodes.isEmpty } ?? false
    guard let step else {
      // A spare does not pull weights until it has work.
      return orders.nodes.isEmpty && !isEvaluating ? [] : gather(orders.version)
    }
    if !orders.nodes.isEmpty, step.version < lastVersion {
      return step.isDelivered ? gather(step.version + 1) : []
    }
    guard isEvaluating, let evaluation, evaluation.version > step.version else { return [] }
    return gather(evaluation.version)
  }

  private mutating func gather(_ version: Int) -> [Effect] {
    wanted = version
    gathering.start()
    return pull(version)
  }

  private mutating func pull(_ version: Int) -> [Effect] {
    gathering.takeUnrequested().map {
      .pull(segment: $0, generation: generation, version: version, base: base(for: version))
    }
  }

  /// The version of which this worker can take the differences that lead to `version`; `nil` if they are not sent.
  private func base(for version: Int) -> Int? {
    guard wire.format.sendsDifferences, let step, step.version == version - 1 else { return nil }
    return step.version
  }

  private mutating func start(_ version: Int, with weights: Buffer<Scalar>) -> [Effect] {
    wanted = nil
    let shares = zip(codings, sumPools).map { coding, pool in
      Share<Contribution<Scalar>>(
        of: orders.nodes,
        sums: TreeSum(over: tree) { coding.add($1, $2, at: .init(step: version, node: $0), into: pool.take()) })
    }
    step = Step(version: version, weights: weights, shares: shares)
    return compute() + evaluate() + goOn()
  }

  private mutating func compute() -> [Effect] {
    guard let (version, weights) = step.map({ ($0.version, $0.weights) }), version < lastVersion else { return [] }
    // The scatter of a single microbatch is undefined.
    let measuresSquares = tree.leafCount > 1 && reportsAfter(version + 1)
    let leaves = step?.shares.indices.map { step?.shares[$0].begin() ?? [] }
    return (leaves?.first ?? []).map { microbatch in
      .compute(
        Task(
          generation: generation, step: version, microbatch: microbatch, weights: weights, gradient: pool.take(),
          measuresSquares: measuresSquares))
    }
  }

  private mutating func push(_ segment: Int) -> [Effect] {
    guard let version = step?.version, let new = step?.shares[segment].deliver(), !new.isEmpty else { return [] }
    if wanted == nil {
      wanted = version + 1
      gathering.start()
    }
    if wanted == version + 1 { gathering.noteRequest(of: segment) }
    return new.map { node, sum in
      .push(segment: segment, Push(generation: generation, step: version, node: node, sum: sum))
    }
  }

  /// Evaluates as soon as both the order and the weights have arrived, in whatever order. The weights and the pushes
  /// that follow may arrive before the order; the horizon keeps the servers from advancing to other weights.
  private mutating func evaluate() -> [Effect] {
    guard let step, evaluation?.version == step.version else { return [] }
    return (evaluation?.share.begin() ?? []).map { chunk in
      .evaluate(EvaluationTask(generation: generation, version: step.version, chunk: chunk, weights: step.weights))
    }
  }

  private func tell(_ sums: [(node: ReductionTree.Node, sum: Tally)]?) -> [Effect] {
    guard let sums, let version = evaluation?.version else { return [] }
    return sums.map { .evaluated(generation: generation, version: version, node: $0.node, tally: $0.sum) }
  }

  private mutating func answered(_ answer: ServerAnswer, by server: Int) -> [Effect] {
    switch answer {
    // Weights that are not made yet will come; orders say what to do in another generation, and out of the run.
    case .duplicate, .waiting, .wrongGeneration, .notAMember, .decided: return []
    case .gone(let current):
      // The other servers are at most one version behind: the previous step is the first that may still need this
      // worker.
      guard let wanted, current - 1 > wanted else { return refuse(.lateGone) }
      return gather(current - 1)
    case .refused(let sentence): return [.fail("server \(server) refused a request: \(sentence)")]
    }
  }

  /// Retransmits unanswered requests under the same keys; a server that already has them replies that they are
  /// duplicates.
  private func repeatRequests() -> [Effect] {
    guard let wanted else { return [] }
    return gathering.missing.flatMap { segment in
      pushes(segment).map { Effect.push(segment: segment, $0) }
        + [.pull(segment: segment, generation: generation, version: wanted, base: base(for: wanted))]
    }
  }

  /// All pushes of this step.
  private func pushes(_ segment: Int) -> [Push] {
    guard let step else { return [] }
    return step.shares[segment].delivered.map {
      Push(generation: generation, step: step.version, node: $0.node, sum: $0.sum)
    }
  }
}
