import Parameters

/// A version that no server goes beyond before everything that belongs to it is in: the reports up to there, the count
/// of the test images, the state.
struct Milestone {
  let version: Int
  /// The test images' chunks, if they are counted here.
  var evaluation: TreeSum<Tally>?
  /// Servers whose state is awaited, if it is kept here.
  var awaited: Set<Int>
  private(set) var isKept: Bool

  /// - Parameter servers: ranks.
  init(version: Int, evaluates chunks: ReductionTree?, keeps servers: Range<Int>?) {
    self.version = version
    evaluation = chunks.map { TreeSum(over: $0, combine: +) }
    awaited = Set(servers ?? 0..<0)
    isKept = servers != nil
  }

  /// The same, with the state of these servers.
  func kept(by servers: Range<Int>) -> Milestone {
    var milestone = self
    milestone.awaited = Set(servers)
    milestone.isKept = true
    return milestone
  }

  var isEvaluated: Bool { evaluation.map { $0.total != nil } ?? true }
  var isCollected: Bool { awaited.isEmpty }

  /// Chunks that nobody has counted.
  var missingChunks: [Int] {
    guard let evaluation else { return [] }
    let held = evaluation.held
    return (0..<evaluation.tree.leafCount).filter { leaf in !held.contains { $0.leaves.contains(leaf) } }
  }
}
