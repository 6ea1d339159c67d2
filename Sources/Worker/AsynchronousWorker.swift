package import Parameters

/// One worker's part of an asynchronous run: computes the microbatches that the coordinator hands out, each at the newest
/// weights there are, and sends each gradient to every server.
///
/// A thread that is free begins the next microbatch at once, unless its weights are too far behind those that a server is known
/// to have. A push asks for newer weights, too. A microbatch is done once every server has answered; if one of them has
/// rejected it, it goes back to the coordinator.
package struct AsynchronousWorker<Scalar: KernelScalar>: WorkerMachine {
  package typealias Event = Worker<Scalar>.Event
  package typealias Effect = Worker<Scalar>.Effect

  private let shards: ShardMap
  private let asynchrony: Asynchrony
  private let chunks: ReductionTree
  private let threads: Int
  private let pool: BufferPool<Scalar>

  package private(set) var generation: UInt64 = 0
  private var orders = WorkerOrders(number: -1, version: 0, endpoints: [], nodes: [])
  private var replicas: [Replica]
  /// The newest weights of all servers, once they are needed as one vector.
  private var whole: (versions: [Int], weights: Buffer<Scalar>)?
  private var hand: MicrobatchHand
  /// By microbatch.
  private var attempts: [Int: Attempt] = [:]
  private var evaluation: (version: Int, share: Share<Tally>)?
  package var refused: [WorkerGuard: Int] = [:]

  /// What the worker has of one server's shard.
  private struct Replica {
    /// Of `weights`; -1 before the first.
    var version = -1
    var weights: Buffer<Scalar>?
    /// The highest version that the server is known to have.
    var known = 0
    /// The version that the last explicit pull asked for.
    var pulled = -1
  }

  /// A microbatch that has been begun.
  private struct Attempt {
    /// Of the weights, by server.
    let versions: [Int]
    /// Computed and not answered, by server.
    var pushes: [Int: Worker<Scalar>.Push] = [:]
    /// Servers whose part is being computed.
    var computing: Int
    var isRejected = false
  }

  /// - Parameters:
  ///   - shards: with one segment for each server.
  ///   - chunks: over the chunks of the test images.
  ///   - threads: that compute, one microbatch each.
  ///   - allocate: makes the buffers of the gradients.
  package init(
    shards: ShardMap, asynchrony: Asynchrony, chunks: ReductionTree, threads: Int,
    allocating allocate: @escaping BufferPool<Scalar>.Allocation = { Buffer(count: $0) }
  ) {
    precondition(shards.segments.count == shards.shards.count, "shards travel as a whole")
    self.shards = shards
    self.asynchrony = asynchrony
    self.chunks = chunks
    self.threads = threads
    pool = BufferPool(count: shards.layout.count, allocating: allocate)
    replicas = shards.shards.map { _ in Replica() }
    // The next one is in hand before the last one is done; not where a step waits for all but a few, which a straggler must not
    // keep.
    hand = MicrobatchHand(capacity: asynchrony.staleness == 0 ? threads : 2 * threads)
  }

  package var ordersNumber: Int { max(orders.number, 0) }

  package var awaitsMicrobatches: Bool { generation > 0 && hand.isEmpty }

  package var awaitedServers: [Int] {
    let isBlocked = !hand.waiting.isEmpty && computing < threads
    // Orders name the next evaluation long before it is due.
    let evaluated = hand.isEmpty ? evaluation.flatMap { $0.share.nodes.isEmpty ? nil : $0.version } : nil
    return replicas.indices.filter { server in
      attempts.values.contains { $0.pushes[server] != nil } || isBlocked && isBehind(replicas[server])
        || (evaluated ?? -1) > replicas[server].version
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func handle(_ event: Event) -> [Effect] {
    switch event {
    case .orders(let generation, let orders): return follow(orders, of: generation)
    case .granted(let generation, let grant):
      guard generation == self.generation, hand.take(grant) else { return refuse(.olderGrant) }
      return goOn()
    case .weights(let server, let generation, let version, let part, isPacked: false):
      guard generation == self.generation, replicas.indices.contains(server), part.count == shards.shards[server].count
      else { return refuse(.otherWeights) }
      guard version > replicas[server].version else { return refuse(.repeatedWeights) }
      (replicas[server].version, replicas[server].weights) = (version, part)
      replicas[server].known = max(replicas[server].known, version)
      return goOn()
    // An asynchronous run has no lossy wire.
    case .weights: return refuse(.otherWeights)
    case .computed(let generation, let step, let number, let server, let contribution):
      let microbatch = step * asynchrony.microbatches + number
      guard generation == self.generation, attempts[microbatch] != nil else { return refuse(.lateGradient) }
      return push(microbatch, to: server, contribution) + goOn()
    case .evaluated(let generation, let version, let chunk, let tally):
      guard generation == self.generation, version == evaluation?.version else { return refuse(.lateTally) }
      evaluation?.share.insert(tally, at: chunk)
      return tell(evaluation?.share.deliver())
    case .answer(let server, let generation, let answer):
      guard generation == self.generation else { return refuse(.lateAnswer) }
      return answered(answer, by: server)
    case .deadline: return repeatRequests()
    }
  }

  // MARK: Orders

  private mutating func follow(_ orders: WorkerOrders, of generation: UInt64) -> [Effect] {
    guard (self.generation, self.orders.number) <= (generation, orders.number) else { return refuse(.olderOrders) }
    // Repeated orders mean that a reply was lost.
    let isRepeated = (self.generation, self.orders.number) == (generation, orders.number)
    var effects: [Effect] = []
    if generation > self.generation {
      self.generation = generation
      replicas = shards.shards.map { _ in Replica() }
      (attempts, evaluation, whole) = ([:], nil, nil)
      hand = MicrobatchHand(capacity: hand.capacity)
      effects.append(.request(generation: generation, hand.request()))
    }
    self.orders = orders
    if let asked = orders.evaluation {
      if evaluation?.version != asked.version {
        evaluation = (asked.version, Share(of: asked.nodes, sums: TreeSum(over: chunks, combine: +)))
      }
      evaluation?.share.assign(asked.nodes)
    } else {
      evaluation = nil
    }
    return effects + tell(isRepeated ? evaluation?.share.delivered : evaluation?.share.deliver()) + goOn()
  }

  private func tell(_ sums: [(node: ReductionTree.Node, sum: Tally)]?) -> [Effect] {
    guard let sums, let version = evaluation?.version else { return [] }
    return sums.map { .evaluated(generation: generation, version: version, node: $0.node, tally: $0.sum) }
  }

  // MARK: Weights and work

  /// Begins what can be begun, and asks for the weights that others do not ask for.
  private mutating func goOn() -> [Effect] { pull() + evaluate() + compute() }

  /// A worker without work keeps its weights up to date; one with work gets them with each push.
  private mutating func pull() -> [Effect] {
    replicas.indices.flatMap { server -> [Effect] in
      let replica = replicas[server]
      let wanted = wanted(replica)
      guard attempts.isEmpty || replica.version < 0, replica.pulled < wanted else { return [] }
      replicas[server].pulled = wanted
      return [.pull(segment: server, generation: generation, version: wanted)]
    }
  }

  /// The lowest version that is news.
  private func wanted(_ replica: Replica) -> Int { replica.version < 0 ? orders.version : replica.version + 1 }

  private var computing: Int { attempts.values.count { $0.computing > 0 } }

  /// Whether a gradient at these weights would be rejected.
  private func isBehind(_ replica: Replica) -> Bool {
    replica.version < 0 || !asynchrony.accepts(gradientAt: replica.version, for: replica.known)
  }

  private mutating func compute() -> [Effect] {
    var effects: [Effect] = []
    while computing < threads, !replicas.contains(where: { isBehind($0) }), let microbatch = hand.begin() {
      let (versions, weights) = gather()
      attempts[microbatch] = Attempt(versions: versions, computing: replicas.count)
      effects.append(
        .compute(
          Worker.Task(
            generation: generation, step: microbatch / asynchrony.microbatches,
            microbatch: microbatch % asynchrony.microbatches, weights: weights, gradient: pool.take(),
            measuresSquares: false)))
    }
    return effects
  }

  /// Evaluates at the milestone's version, beyond which no server goes before all of it is counted.
  private mutating func evaluate() -> [Effect] {
    guard let version = evaluation?.version, replicas.allSatisfy({ $0.version == version }) else { return [] }
    let chunks = evaluation?.share.begin() ?? []
    guard !chunks.isEmpty else { return [] }
    let weights = gather().weights
    return chunks.map {
      .evaluate(
        Worker.EvaluationTask(generation: generation, version: version, chunk: $0, weights: weights))
    }
  }

  /// The newest weights as one vector.
  private mutating func gather() -> (versions: [Int], weights: Buffer<Scalar>) {
    let versions = replicas.map(\.version)
    if let whole, whole.versions == versions { return whole }
    let parts = replicas.compactMap(\.weights)
    let gathered = (versions, parts.count == 1 ? parts[0] : joined(parts))
    whole = gathered
    return gathered
  }

  private func joined(_ parts: [Buffer<Scalar>]) -> Buffer<Scalar> {
    let vector = pool.take()
    for (range, part) in zip(shards.shards, parts) {
      unsafe (vector.start + range.lowerBound).update(from: part.start, count: range.count)
    }
    return vector
  }

  // MARK: Gradients

  private mutating func push(_ microbatch: Int, to server: Int, _ contribution: Contribution<Scalar>) -> [Effect] {
    guard let version = attempts[microbatch]?.versions[server] else { return [] }
    let push = Worker<Scalar>.Push(
      generation: generation, step: version, node: .init(start: microbatch, count: 1), sum: contribution)
    attempts[microbatch]?.computing -= 1
    attempts[microbatch]?.pushes[server] = push
    return [.push(segment: server, push)]
  }

  private mutating func answered(_ answer: ServerAnswer, by server: Int) -> [Effect] {
    switch answer {
    case .decided(let microbatch, let decision, let version):
      replicas[server].known = max(replicas[server].known, version)
      guard attempts[microbatch]?.pushes.removeValue(forKey: server) != nil, var attempt = attempts[microbatch] else {
        return refuse(.lateAnswer)
      }
      attempt.isRejected = attempt.isRejected || decision == .rejected
      attempts[microbatch] = attempt
      guard attempt.computing == 0, attempt.pushes.isEmpty else { return goOn() }
      attempts[microbatch] = nil
      hand.settle(microbatch, isApplied: !attempt.isRejected)
      return [.request(generation: generation, hand.request())] + goOn()
    // Weights that are not made yet will come; orders say what to do in another generation, and out of the run.
    case .duplicate, .waiting, .wrongGeneration, .notAMember, .gone: return []
    case .refused(let sentence): return [.fail("server \(server) refused a request: \(sentence)")]
    }
  }

  /// Retransmits everything that has not been answered, under the same keys.
  private mutating func repeatRequests() -> [Effect] {
    guard generation > 0 else { return [] }
    let pushes = attempts.sorted { $0.key < $1.key }.flatMap { _, attempt in
      attempt.pushes.sorted { $0.key < $1.key }.map { Effect.push(segment: $0.key, $0.value) }
    }
    let pulls = awaitedServers.map { server in
      Effect.pull(segment: server, generation: generation, version: wanted(replicas[server]))
    }
    return pushes + pulls + [.request(generation: generation, hand.request())]
  }
}
