package import Optimization
package import Parameters

/// What the metrics need to know about a layer's weights in addition to the measurements.
package struct LayerContext: Sendable {
  package let update: TensorUpdate
  /// η of the window's last step, including the schedule.
  package let learningRate: Double
  package let invariance: Parameter.ScaleInvariance
  /// K, the microbatches of a step.
  package let microbatches: Int
  /// b, the samples of a microbatch.
  package let microbatch: Int

  package init(
    update: TensorUpdate, learningRate: Double, invariance: Parameter.ScaleInvariance, microbatches: Int = 1,
    microbatch: Int = 1
  ) {
    self.update = update
    self.learningRate = learningRate
    self.invariance = invariance
    self.microbatches = microbatches
    self.microbatch = microbatch
  }

  /// Of the window's last step.
  package var conditions: StepConditions { StepConditions(update, learningRate: learningRate) }
}
