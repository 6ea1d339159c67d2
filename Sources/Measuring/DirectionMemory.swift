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

  /// - Returns: `nil` without decay, and for rules and penalties for which it is not known.
  init?(_ update: TensorUpdate) {
    guard (update.l2 > 0) != (update.weightDecay > 0) else { return nil }
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

  /// At a constant rate; the powers of the recursion's matrix take no longer for a billion steps.
  ///
  /// - Parameter steps: at least 1.
  func cosine(over steps: Int, learningRate: Double, angle: Double) -> Double {
    let (first, second) = factors(learningRate)
    var power = (1.0, 0.0, 0.0, 1.0)
    var square = (first, second, 1.0, 0.0)
    func product(
      _ a: (Double, Double, Double, Double), _ b: (Double, Double, Double, Double)
    ) -> (Double, Double, Double, Double) {
      (a.0 * b.0 + a.1 * b.2, a.0 * b.1 + a.1 * b.3, a.2 * b.0 + a.3 * b.2, a.2 * b.1 + a.3 * b.3)
    }
    var rest = steps - 1
    while rest > 0 {
      if rest & 1 == 1 { power = product(power, square) }
      square = product(square, square)
      rest >>= 1
    }
    return power.0 * cos(angle) + power.1
  }

  /// - Parameters:
  ///   - learningRates: η of each step.
  ///   - angle: of one step in equilibrium, at the first of them.
  func cosine(over learningRates: some Sequence<Double>, angle: Double) -> Double {
    var (before, now) = (1.0, cos(angle))
    for rate in learningRates.dropFirst() {
      let (first, second) = factors(rate)
      (before, now) = (now, first * now + second * before)
      // Nothing is left of the direction, however long the way still is.
      if abs(before) < 1e-15, abs(now) < 1e-15 { break }
    }
    return now
  }

  /// φ₁ and φ₂.
  private func factors(_ learningRate: Double) -> (Double, Double) {
    let x = learningRate * decay
    return switch form {
    case .coupled: (1 + momentum - x, -momentum)
    case .nesterov: ((1 + momentum) * (1 - x), -momentum * (1 - x))
    case .decoupled: (1 - x + momentum, -(1 - x) * momentum)
    }
  }
}
