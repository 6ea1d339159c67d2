/// How an asynchronous run makes steps of gradients that were computed at different versions of the weights.
///
/// Microbatches are counted over the whole run. Whoever is free computes the next one, at the newest weights it has. A server
/// makes a step of the first `microbatchesPerStep` that arrive, whichever they are.
package struct Asynchrony: Hashable, Sendable {
  /// How many versions a gradient may be behind the weights that it is applied to; `nil` for any number.
  package let staleness: Int?
  /// Microbatches in a batch.
  package let microbatches: Int
  /// Microbatches of a batch that a step does without: the slowest ones, which go into a later step.
  package let backup: Int

  /// - Parameter backup: less than `microbatches`.
  package init(staleness: Int?, microbatches: Int, backup: Int) {
    precondition(0..<microbatches ~= backup, "a step is made of at least one microbatch")
    self.staleness = staleness
    self.microbatches = microbatches
    self.backup = backup
  }

  /// Microbatches that make a step.
  package var microbatchesPerStep: Int { microbatches - backup }

  /// The most microbatches that may be in hand at the same time: a batch, and a step for each version that they may be behind.
  /// More would be computed only to be rejected. `nil` for any number.
  package var window: Int? {
    staleness.map { staleness in
      let (ahead, overflows) = staleness.multipliedReportingOverflow(by: microbatchesPerStep)
      return overflows ? .max : max(ahead, ahead &+ microbatches)
    }
  }

  /// Whether a gradient that was computed at one version may be applied to another.
  package func accepts(gradientAt version: Int, for current: Int) -> Bool {
    staleness.map { current - version <= $0 } ?? true
  }
}
