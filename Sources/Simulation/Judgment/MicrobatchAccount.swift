import Parameters

/// What an asynchronous run owes its records: each microbatch applied once, whoever computed it, however often, and at whatever
/// weights. Gradients are whole numbers that depend on the microbatch alone, so the weights of a milestone tell.
struct MicrobatchAccount {
  let asynchrony: Asynchrony
  private let initial: [Float]

  /// - Parameter initial: the flat vector before the first step.
  init(_ asynchrony: Asynchrony, initial: [Float]) {
    self.asynchrony = asynchrony
    self.initial = initial
  }

  static let learningRate = 0.1

  static func gradient(of microbatch: Int, at index: Int) -> Float { Float(1 + (microbatch * 7 + index * 3) % 11) }

  /// Whole numbers, whose sum differs where one is missing or there twice.
  static func tally(of microbatch: Int, samples: Int) -> Tally {
    Tally(lossSum: Double(1 + microbatch * microbatch), correct: microbatch % samples, samples: samples)
  }

  /// Whether a server's part of a milestone is made of the first microbatches, each once.
  ///
  /// - Parameters:
  ///   - range: of the flat vector.
  ///   - trained: how many elements of the flat vector are; running statistics depend on the order.
  func accepts(_ weights: Buffer<Float>, of range: Range<Int>, trained: Int, at version: Int, batch: Int) -> Bool {
    let count = version * asynchrony.microbatchesPerStep
    return range.filter { $0 < trained }.allSatisfy { index in
      let sum = (0..<count).reduce(0.0) { $0 + Double(Self.gradient(of: $1, at: index)) }
      let expected = Double(initial[index]) - Self.learningRate * sum / Double(batch)
      // Less than half of the smallest gradient.
      return unsafe abs(Double(weights.start[index - range.lowerBound]) - expected)
        < 0.4 * Self.learningRate / Double(batch)
    }
  }

  /// Of all microbatches that a version is made of.
  func tally(before version: Int, samples: Int) -> Tally {
    (0..<version * asynchrony.microbatchesPerStep).reduce(Tally()) { $0 + Self.tally(of: $1, samples: samples) }
  }
}
