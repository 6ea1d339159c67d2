import Parameters

extension RunPhase {
  /// The way to the next milestone, and which worker computes what.
  package struct Training {
    private(set) var milestone: Milestone
    /// The microbatches of each worker in each step, as nodes of the reduction tree; none in an asynchronous run.
    private(set) var microbatches: [Member: [ReductionTree.Node]] = [:]
    /// The test chunks of each worker that are not counted yet.
    private(set) var chunks: [Member: [ReductionTree.Node]] = [:]
    /// A signal's way to the end of the run, if one has arrived.
    var interruption: Interruption?
    /// Of an asynchronous run: hands out microbatches.
    var queue: MicrobatchQueue?

    private let tree: ReductionTree

    /// - Parameters:
    ///   - workers: the ready ones, in order of rank.
    ///   - tree: over the microbatches of a step.
    ///   - queue: of an asynchronous run.
    init(toward milestone: Milestone, workers: [Member], tree: ReductionTree, queue: MicrobatchQueue? = nil) {
      self.queue = queue
      self.milestone = milestone
      self.tree = tree
      share(among: workers)
    }

    /// The version that no server may pass: 0 holds every server where it is.
    var horizon: Int { interruption?.isHolding == true ? 0 : milestone.version }

    /// Goes on to another milestone.
    mutating func head(toward milestone: Milestone, workers: [Member]) {
      self.milestone = milestone
      share(among: workers)
    }

    /// Divides the microbatches, and the test chunks that are not counted yet, among the workers.
    mutating func share(among workers: [Member]) {
      microbatches = queue == nil ? Self.shares(of: Array(0..<tree.leafCount), along: tree, among: workers) : [:]
      chunks =
        milestone.evaluation.map { Self.shares(of: milestone.missingChunks, along: $0.tree, among: workers) } ?? [:]
    }

    /// An even share of neighboring leaves for each worker; none for those beyond the number of leaves.
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

    /// Takes the state of a server, which is on its way to the disk.
    mutating func collect(from rank: Int) { milestone.awaited.remove(rank) }

    /// Takes the sum of some test chunks; false if it was counted before or is none of them.
    mutating func count(_ tally: Tally, at node: ReductionTree.Node) -> Bool {
      milestone.evaluation?.insert(tally, at: node) == .accepted
    }
  }
}
