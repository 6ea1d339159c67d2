extension EquilibriumConditions {
  /// The balance of momentum SGD and its kin, where a gradient moves the weights by η/(1 − μ) in all.
  ///
  /// The growth of ‖w‖² by a step is proportional to 1/‖w‖², so that ‖w‖⁴ departs from its equilibrium by e^(−4ηλ_d t):
  /// 1/(4ηλ_d) steps for plain SGD and for decoupled decay, (1 − μ) times as many where momentum multiplies the decay.
  ///
  /// With decoupled decay angle² is 1 − μ times as large and ‖w‖⁴ = ηG²/(2λ_d (1 − μ)²): the decay then acts once, not
  /// through the momentum, and is 1 − μ times as strong.
  ///
  /// - Parameter coupled: from x = ηλ_d, both for coupled decay: angle², and the factor near 2 of
  ///   ‖w‖⁴ = ηG²/(λ_d (1 − μ) · factor).
  /// - Source: Wan et al. 2020, arXiv:2006.08419, Theorems 1 to 3 (SGD, momentum); Nesterov and decoupled decay with
  ///   momentum follow in the same way from the variance of the step.
  func ofMomentum(
    _ momentum: Double, coupled: (_ x: Double) -> (squaredAngle: Double, twice: Double)
  ) -> Equilibrium? {
    guard (coupledDecay > 0) != (decoupledDecay > 0) else { return nil }
    let isCoupled = coupledDecay > 0
    let decay = isCoupled ? coupledDecay : decoupledDecay
    let x = learningRate * decay
    guard 0 < x, x < 1 else { return nil }
    let (squaredAngle, twice) = coupled(x)
    let slow = 1 - momentum
    let numerator = learningRate * squaredUnitGradient
    let fourthPower = isCoupled ? numerator / (decay * slow * twice) : numerator / (2 * decay * slow * slow)
    return Equilibrium(
      angle: (isCoupled ? squaredAngle : squaredAngle * slow).squareRoot(), norm: fourthPower.squareRoot().squareRoot(),
      timeConstant: (isCoupled ? slow : 1) / (4 * x))
  }
}
