import Foundation

extension EquilibriumConditions {
  /// The balance of rules whose step is η in each of C weights, independent of the gradient's norm.
  ///
  /// Decoupled decay: ‖w‖² grows by η²C · `squaredLengthening` and shrinks by 2ηλ_d‖w‖² per step, so that its deviation
  /// from equilibrium decays as e^(−2ηλ_d t).
  ///
  /// Coupled decay: the penalty's gradient λ_d w is small compared with gradients of size √(G²/C)/‖w‖ in each weight,
  /// and the rule responds with `pull` times their quotient. So ‖w‖² shrinks by 2η · pull · λ_d‖w‖³ √(C/G²) per step,
  /// and a small deviation of it decays as e^(−3η²C/(2‖w‖²) t). This needs λ_d‖w‖² ≪ √G², and the angle depends on the
  /// layer's gradients.
  ///
  /// - Parameters:
  ///   - squaredLengthening: growth of ‖w‖² per step, in units of η²C, including correlations between steps.
  ///   - smoothing: ratio of the norm of a step to that of independent steps with this growth.
  ///   - pull: `nil` if the coupled case is not known.
  /// - Source: Kosson et al. 2023, arXiv:2305.17212, for decoupled angles; the rest follows from the same balance.
  func ofBlindRule(squaredLengthening: Double, smoothing: Double, pull: Double?) -> Equilibrium? {
    guard (coupledDecay > 0) != (decoupledDecay > 0) else { return nil }
    let growth = learningRate * learningRate * liveWeights * squaredLengthening
    let (norm, timeConstant): (Double, Double)
    if decoupledDecay > 0 {
      let x = learningRate * decoupledDecay
      guard 0 < x, x < 1 else { return nil }
      (norm, timeConstant) = ((growth / (2 * x)).squareRoot(), 1 / (2 * x))
    } else {
      let x = learningRate * coupledDecay
      guard let pull, 0 < x, x < 1 else { return nil }
      norm = cbrt(growth / (2 * x * pull) * (squaredUnitGradient / liveWeights).squareRoot())
      timeConstant = 2 * norm * norm / (3 * growth)
    }
    return Equilibrium(angle: growth.squareRoot() * smoothing / norm, norm: norm, timeConstant: timeConstant)
  }
}
