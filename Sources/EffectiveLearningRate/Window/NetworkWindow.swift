package import Parameters

/// The whole network over the steps of a logging window.
package struct NetworkWindow: Hashable, Sendable {
  /// Sums over all samples of the window.
  package var tally: Tally
  /// η of the weights in the last step; `nil` before the first.
  package var learningRate: Double?
  /// Σ λ‖w‖² over all trained tensors, before the last step.
  package var penalty: Double?

  package init(tally: Tally = Tally(), learningRate: Double? = nil, penalty: Double? = nil) {
    self.tally = tally
    self.learningRate = learningRate
    self.penalty = penalty
  }
}
