/// The numbers of one step.
package struct UpdateStep: Hashable, Sendable {
  /// 1 for the first update.
  package var number: Int
  /// η of this step, schedule included.
  package var learningRate: Double
  /// λ of the penalty λ‖w‖², whose gradient 2λw joins g (PyTorch's `weight_decay` is 2λ).
  package var l2: Double
  /// Decoupled decay: w ← w − η · weightDecay · w, beside the step.
  package var weightDecay: Double

  package init(number: Int, learningRate: Double, l2: Double = 0, weightDecay: Double = 0) {
    self.number = number
    self.learningRate = learningRate
    self.l2 = l2
    self.weightDecay = weightDecay
  }

  /// 2λ, the factor of w in the gradient of the penalty.
  package var penalty: Double { 2 * l2 }

  /// 1 − η · weightDecay, the factor of w in the new weights.
  package var keep: Double { 1 - learningRate * weightDecay }
}
