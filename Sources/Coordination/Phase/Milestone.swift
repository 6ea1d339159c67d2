import Parameters

/// A version that no server passes before everything that belongs to it has arrived: the reports up to there, the
/// evaluation, the states of all servers.
struct Milestone {
  let version: Int
  /// The sum over the test images' chunks, if the run is evaluated here.
  var evaluation: TreeSum<Tally>?
  /// Servers whose state is awaited, if the run is checkpointed here.
  var awaited: Set<Int>
  /// Whether the run is checkpointed here.
  private(set) var isKept: Bool
  /// Whether everything has arrived, and the run stays here until the disk has room for another checkpoint.
  private(set) var isPassed = false

  /// - Parameters:
  ///   - chunks: those of the test images, to evaluate here; `nil` for no evaluation.
  ///   - servers: ranks whose states are kept; `nil` for no checkpoint.
  init(version: Int, evaluates chunks: ReductionTree?, keeps servers: Range<Int>?) {
    self.version = version
    evaluation = chunks.map { TreeSum(over: $0, combine: +) }
    awaited = Set(servers ?? 0..<0)
    isKept = servers != nil
  }

  /// What follows `version`: the next evaluation or checkpoint, whichever is first.
  init(after version: Int, in plan: RunPlan) {
    let evaluation = plan.evaluations.next(after: version, steps: plan.steps)
    let checkpoint = plan.checkpoints.next(after: version, steps: plan.steps)
    let next = min(evaluation, checkpoint)
    self.init(
      version: next, evaluates: next == evaluation ? plan.chunkTree : nil,
      keeps: next == checkpoint ? plan.servers : nil)
  }

  /// The same milestone with a checkpoint.
  func kept(by servers: Range<Int>) -> Milestone {
    var milestone = self
    milestone.awaited = Set(servers)
    milestone.isKept = true
    milestone.isPassed = false
    return milestone
  }

  /// The same milestone once everything that belongs to it has arrived.
  var passed: Milestone {
    var milestone = Milestone(version: version, evaluates: nil, keeps: nil)
    milestone.isPassed = true
    return milestone
  }

  var isEvaluated: Bool { evaluation.map { $0.total != nil } ?? true }
  var isCollected: Bool { awaited.isEmpty }

  /// Chunks whose tally is still missing.
  var missingChunks: [Int] {
    guard let evaluation else { return [] }
    let held = evaluation.held
    return (0..<evaluation.tree.leafCount).filter { leaf in !held.contains { $0.leaves.contains(leaf) } }
  }
}
