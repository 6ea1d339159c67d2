package import Optimization
import Parameters

extension LayerContext {
  /// The equilibrium of one group; `nil` where undefined: weights not scale-invariant or projected, no decay, a rule
  /// without a known one, or rates that follow another run's.
  package func equilibrium(of window: FilterWindow) -> Equilibrium? {
    guard let squaredUnitGradient = window.meanSquaredUnitGradient else { return nil }
    return equilibrium(squaredUnitGradient: squaredUnitGradient, liveWeights: window.liveWeights)
  }

  /// The same of a group whose gradient at unit norm has this mean squared length.
  ///
  /// - Parameter liveWeights: number of weights with a gradient.
  package func equilibrium(squaredUnitGradient: Double, liveWeights: Double) -> Equilibrium? {
    guard let learningRate, invariance != .none, update.projection == .none, update.l2 > 0 || update.weightDecay > 0,
      squaredUnitGradient > 0, liveWeights > 0
    else { return nil }
    return update.rule.equilibrium(
      EquilibriumConditions(
        learningRate: learningRate, coupledDecay: 2 * update.l2, decoupledDecay: update.weightDecay,
        squaredUnitGradient: squaredUnitGradient, liveWeights: liveWeights))
  }
}
