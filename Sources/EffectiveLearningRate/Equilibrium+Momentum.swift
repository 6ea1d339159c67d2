import Foundation
package import Optimization

// Sources: Wan et al. 2020, arXiv:2006.08419, Theorems 1 to 3 (SGD, heavy ball); Nesterov and decoupled decay with
// momentum follow in the same way from the variance of the step: a gradient moves the weights by η/(1 − μ) in all.
//
// The growth of ‖w‖² by a step is proportional to 1/‖w‖², so that ‖w‖⁴ departs from its equilibrium by e^(−4ηλ_d t):
// 1/(4ηλ_d) steps for plain SGD and for decoupled decay, (1 − μ) times as many where momentum multiplies the decay.

extension SGD: EquilibriumRule {
  /// ‖w‖⁴ = ηG²/(λ_d (2 − ηλ_d)), angle = arccos(1 − ηλ_d). Coupled and decoupled decay add up.
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    let (rate, decay) = (conditions.learningRate, conditions.coupledDecay + conditions.decoupledDecay)
    let x = rate * decay
    guard 0 < x, x < 1 else { return nil }
    return Equilibrium(
      angle: 2 * asin((x / 2).squareRoot()),  // arccos(1 − x), exact for small x
      norm: (rate * conditions.squaredUnitGradient / (decay * (2 - x))).squareRoot().squareRoot(),
      timeConstant: 1 / (4 * x))
  }
}

extension Momentum: EquilibriumRule {
  /// ‖w‖⁴ = ηG²/(λ_d (1 − μ)(2 − ηλ_d/(1 + μ))), angle² = 2ηλ_d/(1 + μ).
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    momentumEquilibrium(conditions, momentum) { x in
      (squaredAngle: 2 * x / (1 + momentum), twice: 2 - x / (1 + momentum))
    }
  }
}

extension Nesterov: EquilibriumRule {
  /// ‖w‖⁴ = ηG²/(2λ_d (1 − μ)), angle² = 2ηλ_d (1 + 2μ − 2μ³)/(1 + μ).
  package func equilibrium(_ conditions: EquilibriumConditions) -> Equilibrium? {
    let cube = momentum * momentum * momentum
    return momentumEquilibrium(conditions, momentum) { x in
      (squaredAngle: 2 * x * (1 + 2 * momentum - 2 * cube) / (1 + momentum), twice: 2)
    }
  }
}

/// - Parameter coupled: angle² and the factor near 2 of ‖w‖⁴ = ηG²/(λ_d (1 − μ) · factor), from x = ηλ_d, both for
///   coupled decay. With decoupled decay angle² is 1 − μ times as large and ‖w‖⁴ = ηG²/(2λ_d (1 − μ)²): the decay then
///   acts once, not through the momentum, and is 1 − μ times as strong.
private func momentumEquilibrium(
  _ conditions: EquilibriumConditions, _ momentum: Double,
  coupled: (_ x: Double) -> (squaredAngle: Double, twice: Double)
) -> Equilibrium? {
  guard (conditions.coupledDecay > 0) != (conditions.decoupledDecay > 0) else { return nil }
  let isCoupled = conditions.coupledDecay > 0
  let decay = isCoupled ? conditions.coupledDecay : conditions.decoupledDecay
  let x = conditions.learningRate * decay
  guard 0 < x, x < 1 else { return nil }
  let (squaredAngle, twice) = coupled(x)
  let slow = 1 - momentum
  let numerator = conditions.learningRate * conditions.squaredUnitGradient
  let fourthPower = isCoupled ? numerator / (decay * slow * twice) : numerator / (2 * decay * slow * slow)
  return Equilibrium(
    angle: (isCoupled ? squaredAngle : squaredAngle * slow).squareRoot(), norm: fourthPower.squareRoot().squareRoot(),
    timeConstant: (isCoupled ? slow : 1) / (4 * x))
}
