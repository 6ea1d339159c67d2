package import Optimization
package import Parameters

/// What the metrics need to know of a layer's weights beside what was measured.
package struct LayerContext: Sendable {
  package let update: TensorUpdate
  /// η of the window's last step, schedule included.
  package let learningRate: Double
  package let invariance: Parameter.ScaleInvariance

  package init(update: TensorUpdate, learningRate: Double, invariance: Parameter.ScaleInvariance) {
    self.update = update
    self.learningRate = learningRate
    self.invariance = invariance
  }
}
