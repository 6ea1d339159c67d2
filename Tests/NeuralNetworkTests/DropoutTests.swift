import NeuralNetwork
import Parameters
import Testing

/// The masks of dropout, seen through a network that is dropout and one dense layer of ones.
@Suite struct DropoutTests {
  /// Features of a sample.
  static let count = 4000

  /// With all weights 0 the gradient of the first filter is Σ over samples of (1/K − [label 0]) x̂: from images of one
  /// sample it gives back the mask.
  private func mask(
    rate: Double, sample: Int = 0, seed: UInt64 = 0, _ kind: Backends.Kind = .reference
  ) throws -> [Float] {
    let architecture = try Architecture(
      name: "mask", input: ImageShape(channels: 1, height: 1, width: Self.count),
      layers: [.dropout(rate: rate), .flatten, .dense(outputs: 2)])
    var probe = Probe<Float>(architecture, samples: 1)
    probe.weights = [Float](repeating: 0, count: probe.weights.count)
    probe.images = [Float](repeating: 1, count: Self.count)
    let gradient = try probe.gradient(probe.make(kind, seed: seed), firstSample: sample).gradient
    return gradient[..<Self.count].map { $0 * -2 }
  }

  /// Kept elements are binomial: within 5 standard deviations of their mean, and each is 1 / (1 − rate).
  @Test(arguments: [0, 0.1, 0.5, 0.9])
  func rate(rate: Double) throws {
    let mask = try mask(rate: rate)
    let kept = mask.filter { $0 != 0 }
    let deviation = (Double(Self.count) * rate * (1 - rate)).squareRoot()
    #expect(abs(Double(kept.count) - Double(Self.count) * (1 - rate)) <= 5 * deviation)
    #expect(kept.allSatisfy { abs(Double($0) * (1 - rate) - 1) <= 1e-6 })
  }

  /// Two masks agree where both keep or both drop: half of the elements, within 5 standard deviations.
  @Test func samplesAndSeedsAreIndependent() throws {
    let first = try mask(rate: 0.5)
    for other in try [mask(rate: 0.5, sample: 1), mask(rate: 0.5, seed: 1), Array(first[1...]) + [0]] {
      let agreeing = zip(first, other).count { ($0 == 0) == ($1 == 0) }
      #expect(abs(Double(agreeing) - Double(Self.count) / 2) <= 5 * Double(Self.count).squareRoot() / 2)
    }
  }

  @Test func bothBackendsDrawTheSame() throws {
    #expect(try mask(rate: 0.3, sample: 7, seed: 3) == mask(rate: 0.3, sample: 7, seed: 3, .oneDNN))
  }

  /// A sample has the same mask in whatever microbatch it is: the gradients of two halves add up to that of the whole.
  @Test(arguments: Backends.Kind.allCases)
  func masksFollowTheSample(kind: Backends.Kind) throws {
    let architecture = try SmallNetworks.architecture("dropout")
    let whole = Probe<Float>(architecture, samples: 4)
    let expected = try whole.gradient(whole.make(kind), firstSample: 12)
    var loss = 0.0
    for half in 0..<2 {
      var part = Probe<Float>(architecture, samples: 2)
      part.images = Array(whole.images[(half * part.images.count)..<((half + 1) * part.images.count)])
      part.labels = Array(whole.labels[(2 * half)..<(2 * half + 2)])
      loss += try part.gradient(part.make(kind), firstSample: 12 + 2 * half).outcome.lossSum
    }
    #expect(abs(loss - expected.outcome.lossSum) <= 1e-5 * loss)
  }

  /// Nothing is dropped in evaluations, also after a training microbatch.
  @Test(arguments: Backends.Kind.allCases)
  func evaluationsDropNothing(kind: Backends.Kind) throws {
    let head: [Layer] = [.flatten, .dense(outputs: 10)]
    let input = ImageShape(channels: 3, height: 7, width: 9)
    let with = Probe<Float>(
      try Architecture(name: "with", input: input, layers: [.dropout(rate: 0.5)] + head), samples: 3)
    let without = Probe<Float>(try Architecture(name: "without", input: input, layers: head), samples: 3)
    let backend = try with.make(kind)
    _ = try with.gradient(backend)
    let (found, expected) = try (with.evaluate(backend), without.evaluate(without.make(kind)))
    #expect(abs(found.lossSum - expected.lossSum) <= 1e-6 * expected.lossSum && found.correct == expected.correct)
  }

  @Test(arguments: [1, 1.5, -0.1, Double.nan])
  func badRates(rate: Double) {
    #expect(throws: NetworkError.self) {
      try Architecture(
        name: "bad", input: ImageShape(channels: 1, height: 1, width: 1),
        layers: [.dropout(rate: rate), .flatten, .dense(outputs: 2)])
    }
  }
}
