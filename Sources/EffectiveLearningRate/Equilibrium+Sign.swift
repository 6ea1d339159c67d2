package import Optimization

extension SignSGD: EquilibriumRule {
  /// Decoupled: ‖w‖² = ηC/(2λ_d), angle² = 2ηλ_d. Coupled: ‖w‖³ = √(π/2) η√(G²C)/(2λ_d), angle = η√C/‖w‖.
  ///
  /// The coupled case assumes normally distributed gradients: the mean of sign(g + δ) is then √(2/π) δ/σ for small δ.
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    conditions.ofBlindRule(squaredLengthening: 1, smoothing: 1, pull: (2 / Double.pi).squareRoot())
  }
}

extension Lion: EquilibriumRule {
  /// Decoupled: ‖w‖ = η√C/angle, angle² = πηλ_d ((1 − β₁)² + β₁² (1 − β₂)/(1 + β₂)).
  ///
  /// A sign moves the weights by √(2/π)/σ for each unit of a normal sum with standard deviation σ = √(the bracket)
  /// times a gradient's, and the coefficients of the gradients in that sum add up to 1: so ‖w‖² grows by η²C ·
  /// (2/π)/(the bracket).
  ///
  /// - Source: Kosson et al. 2023, arXiv:2305.17212, for the angle.
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    let spread = (1 - beta1) * (1 - beta1) + beta1 * beta1 * (1 - beta2) / (1 + beta2)
    let growth = 2 / (Double.pi * spread)
    return conditions.ofBlindRule(
      squaredLengthening: growth, smoothing: 1 / growth.squareRoot(), pull: nil)
  }
}
