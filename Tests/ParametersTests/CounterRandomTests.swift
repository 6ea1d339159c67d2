import Parameters
import Testing

@Suite struct CounterRandomTests {
  private let random = CounterRandom(seed: 17, purpose: .probe)
  private let count = 100_000

  /// Mean, variance and the range of [0, 1); five standard errors.
  @Test func uniformMoments() {
    let values = (0..<count).map { random.uniform(3, $0) }
    #expect(values.allSatisfy { 0 <= $0 && $0 < 1 })
    let (mean, variance) = moments(values)
    #expect(abs(mean - 0.5) < 5 * (1 / 12.0 / Double(count)).squareRoot())
    #expect(abs(variance - 1 / 12.0) < 5 * (1 / 180.0 / Double(count)).squareRoot())
  }

  /// Mean 0, variance 1, fourth moment 3; five standard errors (the fourth moment's variance is 96).
  @Test func normalMoments() {
    let values = (0..<count).map { random.normal(3, $0) }
    let (mean, variance) = moments(values)
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(count)
    #expect(abs(mean) < 5 * (1 / Double(count)).squareRoot())
    #expect(abs(variance - 1) < 5 * (2 / Double(count)).squareRoot())
    #expect(abs(fourth - 3) < 5 * (96 / Double(count)).squareRoot())
    let successive = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
    #expect(abs(successive) < 5 * (1 / Double(count)).squareRoot())
  }

  /// χ² with 9 degrees of freedom is below 30 except for one seed in 2,000.
  @Test func integersAreEven() {
    var counts = [Int](repeating: 0, count: 10)
    for i in 0..<count { counts[random.integer(1, i, below: 10)] += 1 }
    let expected = Double(count) / 10
    #expect(counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected } < 30)
    #expect((0..<100).allSatisfy { random.integer(1, $0, below: 1) == 0 })
  }

  /// Every part of the position matters, and nothing else does.
  @Test func numbersAreAFunctionOfSeedPurposeAndPosition() {
    let reference = random.words(1, 2)
    #expect(CounterRandom(seed: 17, purpose: .probe).words(1, 2) == reference)
    #expect(CounterRandom(seed: 18, purpose: .probe).words(1, 2) != reference)
    #expect(CounterRandom(seed: 17 + 1 << 40, purpose: .probe).words(1, 2) != reference)
    #expect(CounterRandom(seed: 17, purpose: .dropout).words(1, 2) != reference)
    #expect(random.words(2, 2) != reference)
    #expect(random.words(1, 3) != reference)
    #expect(random.words(1, 2 + 1 << 32) != reference)
  }

  private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
  }
}
