package import Optimization
import Parameters

extension LayerContext {
  /// The equilibrium of one group; `nil` where undefined: weights not scale-invariant or projected, no decay, a rule
  /// without a known one, or rates that follow another run's.
  package func equilibrium(of window: FilterWindow) -> Equilibrium? {
    guard let learningRate, invariance != .none, update.projection == .none, update.l2 > 0 || update.weightDecay > 0,
      let squaredUnitGradient = window.meanSquaredUnitGradient, squaredUnitGradient > 0, window.liveWeights > 0
    else { return nil }
    return update.rule.equilibrium(
      EquilibriumConditions(
        learningRate: learningRate, coupledDecay: 2 * update.l2, decoupledDecay: update.weightDecay,
        squaredUnitGradient: squaredUnitGradient, liveWeights: window.liveWeights))
  }
}
