package import Optimization

extension Adam: EquilibriumRule {
  /// Decoupled: ‖w‖² = ηC/(2λ_d), angle² = 2ηλ_d (1 − β₁)/(1 + β₁).
  ///
  /// Coupled: ‖w‖³ = η√(G²C)/(2λ_d), angle = (2η²λ_d C/√G²)^⅓ √((1 − β₁)/(1 + β₁)).
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    let smoothing = ((1 - beta1) / (1 + beta1)).squareRoot()
    return conditions.ofBlindRule(squaredLengthening: 1, smoothing: smoothing, pull: 1)
  }
}

extension AdamW: EquilibriumRule {
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? { adam.equilibrium(conditions) }
}

extension RMSProp: EquilibriumRule {
  /// Adam's with β₁ = 0.
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    conditions.ofBlindRule(squaredLengthening: 1, smoothing: 1, pull: 1)
  }
}
