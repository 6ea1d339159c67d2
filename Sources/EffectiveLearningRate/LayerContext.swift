package import Optimization
package import Parameters

/// What the metrics need to know about a layer's weights in addition to the measurements.
package struct LayerContext: Sendable {
  package let update: TensorUpdate
  package let invariance: Parameter.ScaleInvariance
  /// K, the microbatches of a step.
  package let microbatches: Int
  /// b, the samples of a microbatch.
  package let microbatch: Int
  /// Whether gradients may be stale.
  package var isAsynchronous = false
  private let rates: Rates
  /// Of the window's last step, in the group with the largest rate: which laws hold is the same for all groups that move.
  package let conditions: StepConditions

  /// η of the window's last step, schedule included.
  private enum Rates {
    case layer(Double)
    case groups([Double])
  }

  /// - Parameter learningRate: η of the window's last step, schedule included, the same for all groups.
  package init(
    update: TensorUpdate, learningRate: Double, invariance: Parameter.ScaleInvariance, microbatches: Int = 1,
    microbatch: Int = 1
  ) {
    self.init(update, .layer(learningRate), invariance, microbatches, microbatch)
  }

  /// - Parameter learningRates: η of the window's last step, one for each group: those of a run that follows another's
  ///   effective learning rates.
  package init(
    update: TensorUpdate, learningRates: [Double], invariance: Parameter.ScaleInvariance, microbatches: Int = 1,
    microbatch: Int = 1
  ) {
    self.init(update, .groups(learningRates), invariance, microbatches, microbatch)
  }

  private init(
    _ update: TensorUpdate, _ rates: Rates, _ invariance: Parameter.ScaleInvariance, _ microbatches: Int,
    _ microbatch: Int
  ) {
    self.update = update
    self.rates = rates
    self.invariance = invariance
    self.microbatches = microbatches
    self.microbatch = microbatch
    let largest =
      switch rates {
      case .layer(let rate): rate
      case .groups(let rates): rates.max() ?? 0
      }
    conditions = StepConditions(update, learningRate: largest)
  }

  /// η of the window's last step, schedule included, if it is the same for all groups and constant but for the schedule.
  package var learningRate: Double? { if case .layer(let rate) = rates { rate } else { nil } }

  /// η of one group in the window's last step, schedule included.
  package func learningRate(of group: Int) -> Double {
    switch rates {
    case .layer(let rate): rate
    case .groups(let rates): rates[group]
    }
  }

  /// Of the window's last step, in one group.
  package func conditions(of group: Int) -> StepConditions {
    switch rates {
    case .layer: conditions
    case .groups(let rates): StepConditions(update, learningRate: rates[group])
    }
  }
}
