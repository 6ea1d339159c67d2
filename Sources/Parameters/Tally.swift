/// Summed loss, correct predictions and samples; sent with a gradient, and accepted or refused together with it.
package struct Tally: Hashable, Sendable, Codable {
  /// Sum over samples of the cross-entropy, in nats.
  package var lossSum: Double
  /// Samples whose largest logit is the label's.
  package var correct: Int
  package var samples: Int
  /// Of the gradients of an asynchronous run; counted by the server that applies them.
  package var staleness = Staleness()

  package init(lossSum: Double = 0, correct: Int = 0, samples: Int = 0) {
    self.lossSum = lossSum
    self.correct = correct
    self.samples = samples
  }

  package static func + (a: Tally, b: Tally) -> Tally {
    var sum = Tally(lossSum: a.lossSum + b.lossSum, correct: a.correct + b.correct, samples: a.samples + b.samples)
    sum.staleness = a.staleness + b.staleness
    return sum
  }

  /// Mean loss per sample; `nil` for no samples.
  package var loss: Double? { samples > 0 ? lossSum / Double(samples) : nil }

  /// Fraction of samples classified incorrectly; `nil` for no samples.
  package var error: Double? { samples > 0 ? Double(samples - correct) / Double(samples) : nil }
}
