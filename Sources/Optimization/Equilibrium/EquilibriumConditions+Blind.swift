import Foundation

extension EquilibriumConditions {
  /// The balance of rules whose step is η in each of C weights, whatever the gradient's length.
  ///
  /// Decoupled decay: ‖w‖² grows by η²C · `squaredLengthening` and shrinks by 2ηλ_d‖w‖² a step, so that it departs from
  /// its equilibrium by e^(−2ηλ_d t).
  ///
  /// Coupled decay: the penalty's gradient λ_d w is small beside gradients of size √(G²/C)/‖w‖ in each weight, and the
  /// rule answers with `pull` times their quotient. So ‖w‖² shrinks by 2η · pull · λ_d‖w‖³ √(C/G²) a step, and a small
  /// departure of it by e^(−3η²C/(2‖w‖²) t). This needs λ_d‖w‖² ≪ √G², and the angle depends on the layer's gradients.
  ///
  /// - Parameters:
  ///   - squaredLengthening: growth of ‖w‖² by a step, in η²C, correlations between steps included.
  ///   - smoothing: the length of a step over that of independent steps with this growth.
  ///   - pull: `nil` where no coupled case is known.
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
