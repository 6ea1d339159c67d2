/// What a worker refuses to act on: orders, weights, results and answers that are late or repeated.
package enum WorkerGuard: String, Hashable, Sendable, CaseIterable {
  /// Orders older than those in force.
  case olderOrders
  /// Weights of another generation, or of a version that it does not ask for.
  case otherWeights
  /// The weights of a segment that are there already.
  case repeatedWeights
  /// A gradient of another generation or step.
  case lateGradient
  /// A tally of another generation or evaluation.
  case lateTally
  /// An answer of another generation.
  case lateAnswer
  /// The answer that a version is gone that the worker no longer asks for, or that is on its way.
  case lateGone
  /// A grant of microbatches that is older than the last one, or of a synchronous run.
  case olderGrant
}

extension WorkerMachine {
  mutating func refuse(_ reason: WorkerGuard) -> [Worker<Scalar>.Effect] {
    refused[reason, default: 0] += 1
    return []
  }
}
