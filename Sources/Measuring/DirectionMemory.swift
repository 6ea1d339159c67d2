import Foundation
import Optimization
import Parameters

/// What weights keep of their direction, in an equilibrium in which the gradients of different steps have independent
/// directions: the cosine between w_t and w_{t+k}.
///
/// Decay and momentum make w an autoregressive process of the second order, so ρ_k = φ₁ρ_{k−1} + φ₂ρ_{k−2} with ρ₀ = 1. With x = ηλ_d:
///
///     l2, SGD and momentum   φ₁ = 1 + μ − x          φ₂ = −μ
///     l2, Nesterov           φ₁ = (1 + μ)(1 − x)     φ₂ = −μ(1 − x)
///     decoupled              φ₁ = 1 − x + β          φ₂ = −(1 − x)β
///
/// β is μ or β₁. ρ₁ is the cosine of the rule's equilibrium angle (docs/science.md, section 5).
struct DirectionMemory: Hashable {
  /// λ_d.
  private let decay: Double
  private let momentum: Double
  private let form: Form

  private enum Form { case coupled, nesterov, decoupled }

  /// - Returns: `nil` without decay or with projection, and for rules and penalties for which it is not known.
  init?(_ update: TensorUpdate) {
    guard update.projection == .none, (update.l2 > 0) != (update.weightDecay > 0) else { return nil }
    let isCoupled = update.l2 > 0
    switch update.rule {
    case is SGD: (momentum, form) = (0, isCoupled ? .coupled : .decoupled)
    case let rule as Momentum: (momentum, form) = (rule.momentum, isCoupled ? .coupled : .decoupled)
    case let rule as Nesterov where isCoupled: (momentum, form) = (rule.momentum, .nesterov)
    case let rule as Adam where !isCoupled: (momentum, form) = (rule.beta1, .decoupled)
    case let rule as AdamW: (momentum, form) = (rule.adam.beta1, .decoupled)
    default: return nil
    }
    decay = isCoupled ? 2 * update.l2 : update.weightDecay
  }

  /// - Parameters:
  ///   - learningRates: η of each step.
  ///   - angle: of one step in equilibrium, at the first of them.
  func cosine(over learningRates: some Sequence<Double>, angle: Double) -> Double {
    var (before, now) = (1.0, cos(angle))
    for rate in learningRates.dropFirst() {
      let x = rate * decay
      let (first, second) =
        switch form {
        case .coupled: (1 + momentum - x, -momentum)
        case .nesterov: ((1 + momentum) * (1 - x), -momentum * (1 - x))
        case .decoupled: (1 - x + momentum, -(1 - x) * momentum)
        }
      (before, now) = (now, first * now + second * before)
    }
    return now
  }
}
