package import Optimization
import Parameters

/// The balance of decay and gradient noise: the norm at which scale-invariant weights settle, and the angle by which
/// each step rotates them there.
///
/// The model: zero-mean gradients orthogonal to w, of a constant mean square G² at unit norm, constant η, small η·λ_d.
package struct Equilibrium: Hashable, Sendable {
  /// Root-mean-square angle of a step, in rad.
  package let angle: Double
  /// ‖w‖
  package let norm: Double
  /// Steps in which a small deviation of ‖w‖ from `norm` decays to 1/e.
  package let timeConstant: Double

  package init(angle: Double, norm: Double, timeConstant: Double) {
    self.angle = angle
    self.norm = norm
    self.timeConstant = timeConstant
  }
}

/// The quantities that determine the equilibrium of one scale-invariance group.
package struct EquilibriumConditions: Hashable, Sendable {
  /// η
  package let learningRate: Double
  /// λ_d of the penalty, 2λ.
  package let coupledDecay: Double
  /// λ_d of the decoupled decay.
  package let decoupledDecay: Double
  /// G², the mean of ‖w‖²‖g‖².
  package let squaredUnitGradient: Double
  /// C, the number of weights that receive gradients.
  package let liveWeights: Double

  package init(
    learningRate: Double, coupledDecay: Double, decoupledDecay: Double, squaredUnitGradient: Double,
    liveWeights: Double
  ) {
    self.learningRate = learningRate
    self.coupledDecay = coupledDecay
    self.decoupledDecay = decoupledDecay
    self.squaredUnitGradient = squaredUnitGradient
    self.liveWeights = liveWeights
  }
}

/// A rule whose equilibrium is known.
package protocol EquilibriumRule: UpdateRule {
  /// `nil` if there is none (no decay, no gradients, η·λ_d ≥ 1) or none is known (both kinds of decay at once).
  func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium?
}

extension LayerContext {
  /// The equilibrium of one group; `nil` where undefined: weights not scale-invariant or projected, no decay, or a rule
  /// without a known one.
  package func equilibrium(of window: FilterWindow) -> Equilibrium? {
    guard invariance != .none, update.projection == .none, update.l2 > 0 || update.weightDecay > 0,
      let rule = update.rule as? any EquilibriumRule,
      let squaredUnitGradient = window.meanSquaredUnitGradient, squaredUnitGradient > 0, window.liveWeights > 0
    else { return nil }
    return rule.equilibrium(
      EquilibriumConditions(
        learningRate: learningRate, coupledDecay: 2 * update.l2, decoupledDecay: update.weightDecay,
        squaredUnitGradient: squaredUnitGradient, liveWeights: window.liveWeights))
  }
}
