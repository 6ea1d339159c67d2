import Foundation

/// The learning rate over a run, as a factor of the base rate: a pure function of the step.
package struct Schedule: Hashable, Sendable {
  package enum Shape: Hashable, Sendable {
    case constant
    /// factor^k after every k · `every` steps, counted from the start of the run, with k up to `drops`.
    case step(every: Int, factor: Double, drops: Int = .max)
    /// From 1 at the end of the warm-up to `finalFactor` after the last step, along half a cosine (Loshchilov and Hutter
    /// 2017, arXiv:1608.03983, equation 5 without restarts).
    case cosine(finalFactor: Double)
  }

  package let shape: Shape
  /// Steps over which the rate rises linearly: the first has 1/warmup of it, number `warmup` all of it.
  package let warmup: Int

  /// - Throws: `RuleError.outOfRange`, naming the field.
  package init(_ shape: Shape = .constant, warmup: Int = 0) throws(RuleError) {
    try RuleError.check("schedule.warmup", Double(warmup), .notNegative)
    switch shape {
    case .constant: break
    case .step(let every, let factor, let drops):
      try RuleError.check("schedule.drops", Double(drops), NumberRange("1 or more") { $0 >= 1 })
      try RuleError.check("schedule.every", Double(every), NumberRange("1 or more") { $0 >= 1 })
      try RuleError.check("schedule.factor", factor, .positive)
    case .cosine(let finalFactor):
      try RuleError.check("schedule.finalFactor", finalFactor, .proportion)
    }
    self.shape = shape
    self.warmup = warmup
  }

  /// η of step `step` divided by the base rate.
  ///
  /// - Parameters:
  ///   - step: 1 for the first update.
  ///   - total: steps of the run. The cosine reaches its end after step `total`, as PyTorch's `CosineAnnealingLR` with
  ///     `T_max` = total − warmup does.
  package func factor(step: Int, of total: Int) -> Double {
    let rise = step < warmup ? Double(step) / Double(warmup) : 1
    switch shape {
    case .constant: return rise
    case .step(let every, let factor, let drops): return rise * power(factor, min((step - 1) / every, drops))
    case .cosine(let finalFactor):
      guard step > warmup, total > warmup else { return rise }
      let progress = min(Double(step - 1 - warmup) / Double(total - warmup), 1)
      return finalFactor + (1 - finalFactor) * (1 + cos(.pi * progress)) / 2
    }
  }
}
