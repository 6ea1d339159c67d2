/// Which checkpoints are kept. Step 0, the newest and the best always are.
package struct Retention: Hashable, Sendable {
  /// How many of the newest are kept; at least 1.
  package var last: Int
  /// Steps that this divides are never removed; `nil` for none.
  package var every: Int?

  package init(last: Int, every: Int? = nil) {
    precondition(last > 0 && every ?? 1 > 0, "a run keeps a checkpoint")
    self.last = last
    self.every = every
  }

  /// Those of `steps` that are kept.
  ///
  /// - Parameter best: the step with the lowest test error.
  package func kept(of steps: [Int], best: Int?) -> Set<Int> {
    let steps = steps.sorted()
    return Set(steps.suffix(last)).union(
      steps.filter { step in step == 0 || step == best || every.map { step.isMultiple(of: $0) } ?? false })
  }
}

extension CheckpointStore {
  /// Removes the checkpoints that `retention` does not keep, and incomplete ones.
  ///
  /// A checkpoint with a damaged manifest is not counted, and is left for inspection.
  ///
  /// - Parameter best: the step with the lowest test error.
  package func prune(keeping retention: Retention, best: Int? = nil) throws(RecordError) {
    try removeLeftovers(except: nil)
    let steps = try steps
    // Fewer of them would be kept all the more.
    guard retention.kept(of: steps, best: best).count < steps.count else { return }
    let whole = steps.filter { (try? CheckpointFolder($0, in: folder).manifest()) != nil }
    let kept = retention.kept(of: whole, best: best)
    for step in whole where !kept.contains(step) { try CheckpointFolder(step, in: folder).remove() }
  }

  /// Removes the checkpoints after `step`: a run that has rewound to it writes them again, and until then they do not
  /// match its records.
  package func discard(after step: Int) throws(RecordError) {
    for later in try steps where later > step { try CheckpointFolder(later, in: folder).remove() }
  }
}
