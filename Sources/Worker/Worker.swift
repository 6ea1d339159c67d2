package import Parameters

/// One worker's part of the protocol: pull → gradient → push, as events in and effects out.
///
/// The worker holds a set of tree nodes. For each step it gathers the weights of one version from all servers, has the
/// microbatches below its nodes computed, sums them along the tree, and sends each node's sum to every server. No push
/// of step t + 1 leaves before version t + 1 of every shard is here, so servers differ by one version at most.
package struct Worker<Scalar: KernelScalar> {
  private let shards: ShardMap
  private let chunks: ReductionTree
  private let lastVersion: Int
  private let reportsAfter: @Sendable (_ version: Int) -> Bool

  private var generation: UInt64 = 0
  private var nodes: [ReductionTree.Node] = []
  private var version = 0
  private var gathering: Gathering<Scalar>
  private var weights: Buffer<Scalar>?
  private var latest: (version: Int, weights: Buffer<Scalar>)?
  private var sums: TreeSum<Contribution<Scalar>>
  private var pushed: [Push] = []
  private var evaluation: Evaluation?
  private let pool: BufferPool<Scalar>

  /// - Parameters:
  ///   - tree: over the microbatches of one step.
  ///   - chunks: over the chunks of the test images.
  ///   - lastVersion: the version at which training ends.
  ///   - reportsAfter: whether a logging window ends with this version; squares are measured in the step before.
  package init(
    shards: ShardMap, tree: ReductionTree, chunks: ReductionTree, lastVersion: Int,
    reportsAfter: @escaping @Sendable (Int) -> Bool = { _ in false }
  ) {
    self.shards = shards
    self.chunks = chunks
    self.lastVersion = lastVersion
    self.reportsAfter = reportsAfter
    let pool = BufferPool<Scalar>(count: shards.layout.count)
    self.pool = pool
    gathering = Gathering(shards: shards)
    sums = TreeSum(over: tree) { .add($0, $1, into: pool.take()) }
  }

  /// Takes one event and returns what has to be done about it, in order.
  package mutating func handle(_ event: Event) -> [Effect] {
    switch event {
    case .begin(let generation, let version, let nodes):
      guard generation > self.generation else { return [] }
      self.generation = generation
      self.nodes = nodes
      evaluation = nil
      latest = nil
      // A spare waits for microbatches before it moves weights about.
      return nodes.isEmpty ? [] : gather(version)
    case .weights(let server, let generation, let version, let shard):
      guard generation == self.generation, version == self.version else { return [] }
      guard gathering.insert(shard, from: server), let weights = gathering.complete else { return [] }
      return start(with: weights)
    case .computed(let generation, let step, let microbatch, let contribution):
      guard generation == self.generation, step == version, weights != nil else { return [] }
      return add(contribution, of: microbatch)
    case .evaluate(let generation, let version, let nodes):
      guard generation == self.generation else { return [] }
      evaluation = Evaluation(version: version, nodes: nodes, tallies: TreeSum(over: chunks, combine: +))
      return startEvaluation()
    case .evaluated(let generation, let version, let chunk, let tally):
      guard generation == self.generation, version == evaluation?.version else { return [] }
      return add(tally, of: chunk)
    case .answer(let server, let generation, let answer):
      guard generation == self.generation else { return [] }
      return answered(answer, by: server)
    case .deadline:
      return repeatRequests()
    }
  }

  /// The servers whose weights are still awaited, for a message that names them.
  package var awaitedServers: [Int] { weights == nil ? gathering.missing : [] }

  private mutating func gather(_ version: Int) -> [Effect] {
    self.version = version
    weights = nil
    gathering.start()
    return gathering.missing.map { .pull(server: $0, generation: generation, version: version) }
  }

  private mutating func start(with weights: Buffer<Scalar>) -> [Effect] {
    self.weights = weights
    latest = (version, weights)
    sums.removeAll()
    pushed = []
    var effects: [Effect] = []
    if version < lastVersion {
      // One microbatch has no scatter.
      let measuresSquares = sums.tree.leafCount > 1 && reportsAfter(version + 1)
      effects = nodes.flatMap(\.leaves).map { microbatch in
        .compute(
          Task(
            generation: generation, step: version, microbatch: microbatch, weights: weights, gradient: pool.take(),
            measuresSquares: measuresSquares))
      }
    }
    return effects + startEvaluation()
  }

  private mutating func add(_ contribution: Contribution<Scalar>, of microbatch: Int) -> [Effect] {
    guard sums.insert(contribution, at: ReductionTree.Node(start: microbatch, count: 1)) == .accepted,
      let node = nodes.first(where: { $0.leaves.contains(microbatch) }), let sum = sums[node]
    else { return [] }
    let push = Push(generation: generation, step: version, node: node, sum: sum)
    pushed.append(push)
    let effects: [Effect] = shards.shards.indices.map { .push(server: $0, push) }
    guard pushed.count == nodes.count else { return effects }
    return effects + gather(version + 1)
  }

  /// Evaluates as soon as both the order and the weights are here, whichever comes last: the order may be overtaken by
  /// the weights, and by the pushes that follow; the horizon keeps the servers from going on to other weights.
  private func startEvaluation() -> [Effect] {
    guard let evaluation, let latest, evaluation.version == latest.version else { return [] }
    return evaluation.nodes.flatMap(\.leaves).map { chunk in
      .evaluate(
        EvaluationTask(generation: generation, version: latest.version, chunk: chunk, weights: latest.weights))
    }
  }

  private mutating func add(_ tally: Tally, of chunk: Int) -> [Effect] {
    guard var evaluation, let node = evaluation.nodes.first(where: { $0.leaves.contains(chunk) }),
      evaluation.tallies.insert(tally, at: ReductionTree.Node(start: chunk, count: 1)) == .accepted
    else { return [] }
    self.evaluation = evaluation
    guard let sum = evaluation.tallies[node] else { return [] }
    return [.evaluated(generation: generation, version: evaluation.version, node: node, tally: sum)]
  }

  private func answered(_ answer: Answer, by server: Int) -> [Effect] {
    switch answer {
    case .duplicate: []
    case .gone(let current): [.fail("server \(server) no longer keeps version \(version); it is at \(current)")]
    case .refused(let sentence): [.fail("server \(server) refused a request: \(sentence)")]
    }
  }

  /// Sends what is unanswered again, under the same keys; whoever has it already says so.
  private func repeatRequests() -> [Effect] {
    guard weights == nil, generation > 0 else { return [] }
    return gathering.missing.flatMap { server in
      pushed.map { Effect.push(server: server, $0) }
        + [.pull(server: server, generation: generation, version: version)]
    }
  }

  private struct Evaluation {
    let version: Int
    let nodes: [ReductionTree.Node]
    var tallies: TreeSum<Tally>
  }
}
