package import Optimization

/// What a window needs to know of one step of a tensor beside the sums over its weights.
package struct StepConditions: Hashable, Sendable {
  /// η of the step, schedule included.
  package let learningRate: Double
  /// ηλ in −ηλw, the part of the step that decay makes by itself: λ is `weightDecay`, and with it 2·`l2` for SGD,
  /// the rule without memory whose step is proportional to the gradient. Elsewhere the penalty is one of the gradient's
  /// terms, and what the rule makes of it cannot be told apart.
  package let decay: Double
  /// a = 1 − ηλ_d where the radius law holds: plain SGD without projection.
  package let retained: Double?
  /// μ where the momentum law holds: SGD and heavy ball without decay and projection.
  package let momentum: Double?

  /// No rate, no decay, no law.
  package static let none = StepConditions(learningRate: 0, decay: 0, retained: nil, momentum: nil)

  private init(learningRate: Double, decay: Double, retained: Double?, momentum: Double?) {
    self.learningRate = learningRate
    self.decay = decay
    self.retained = retained
    self.momentum = momentum
  }

  /// - Parameter learningRate: η of the step, schedule included.
  package init(_ update: TensorUpdate, learningRate: Double) {
    let rule = update.rule
    let rate = update.weightDecay + (rule is SGD ? 2 * update.l2 : 0)
    let isFree = update.projection == .none && learningRate > 0
    let momentum: Double? = rule is SGD ? 0 : (rule as? HeavyBall)?.momentum
    self.init(
      learningRate: learningRate, decay: learningRate * rate,
      retained: isFree && rule is SGD ? 1 - learningRate * rate : nil,
      momentum: isFree && update.l2 == 0 && update.weightDecay == 0 ? momentum : nil)
  }
}
