package import Optimization

/// What a window needs to know of one step of a tensor beside the sums over its weights.
package struct StepConditions: Hashable, Sendable {
  /// η of the step, schedule included.
  package let learningRate: Double
  /// ηλ_d in −ηλ_d w, the part of the step that decay alone makes, as the rule declares it; `nil` where it cannot be told
  /// apart.
  package let decay: Double?
  /// a = 1 − ηλ_d where the radius law holds: without projection, for rules that declare it.
  package let retained: Double?
  /// μ where the momentum law holds: without decay and projection, for rules that declare it.
  package let momentum: Double?

  /// No rate, no decay, no law.
  package static let none = StepConditions(learningRate: 0, decay: 0, retained: nil, momentum: nil)

  private init(learningRate: Double, decay: Double?, retained: Double?, momentum: Double?) {
    self.learningRate = learningRate
    self.decay = decay
    self.retained = retained
    self.momentum = momentum
  }

  /// - Parameter learningRate: η of the step, schedule included.
  package init(_ update: TensorUpdate, learningRate: Double) {
    let rule = update.rule
    let rate = rule.separateDecay(l2: update.l2, weightDecay: update.weightDecay)
    let isFree = update.projection == .none && learningRate > 0
    self.init(
      learningRate: learningRate, decay: rate.map { learningRate * $0 },
      retained: isFree && rule.exactLaws.radius ? rate.map { 1 - learningRate * $0 } : nil,
      momentum: isFree && update.l2 == 0 && update.weightDecay == 0 ? rule.exactLaws.momentum : nil)
  }
}
