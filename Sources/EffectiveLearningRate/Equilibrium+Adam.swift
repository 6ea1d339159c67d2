import Foundation
package import Optimization

extension Adam: EquilibriumRule {
  /// With decoupled decay: ‖w‖² = ηC/(2λ_d), angle² = 2ηλ_d (1 − β₁)/(1 + β₁).
  ///
  /// With coupled decay: ‖w‖³ = η√(G²C)/(2λ_d), angle = (2η²λ_d C/√G²)^⅓ √((1 − β₁)/(1 + β₁)), as long as
  /// λ_d‖w‖² ≪ √G². The angle then depends on the layer's gradients.
  ///
  /// - Source: Kosson et al. 2023, arXiv:2305.17212, for the decoupled angle; the norm and the coupled case follow from
  ///   the same balance of decay and steps.
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    guard (conditions.coupledDecay > 0) != (conditions.decoupledDecay > 0) else { return nil }
    let (rate, live) = (conditions.learningRate, conditions.liveWeights)
    let decay = max(conditions.coupledDecay, conditions.decoupledDecay)
    guard 0 < rate * decay, rate * decay < 1 else { return nil }
    let smoothing = ((1 - beta1) / (1 + beta1)).squareRoot()
    if conditions.decoupledDecay > 0 {
      return Equilibrium(
        angle: (2 * rate * decay).squareRoot() * smoothing, norm: (rate * live / (2 * decay)).squareRoot())
    }
    let unitGradient = conditions.squaredUnitGradient.squareRoot()
    return Equilibrium(
      angle: cbrt(2 * rate * rate * decay * live / unitGradient) * smoothing,
      norm: cbrt(rate * unitGradient * live.squareRoot() / (2 * decay)))
  }
}

extension AdamW: EquilibriumRule {
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? { adam.equilibrium(conditions) }
}
