import Optimization
import Parameters
import TestSupport
import Testing

/// Vectors without length, spheres, and a rate for each filter.
@Suite struct EdgeTests {
  @Test(arguments: UpdateRules.names) func lengthZeroGivesFiniteNumbers(name: String) throws {
    let rule = try UpdateRules.make(name: name)
    let decay = type(of: rule).takesWeightDecay ? 0.125 : 0
    let update = try TensorUpdate(rule: rule, weightDecay: decay)
    for (weights, gradient) in [
      ([0, 0, 0, 0], [1, 2, 0, 0]), ([1, 2, 3, 4], [0, 0, 0, 0]), ([0, 0, 3, 4], [1, -1, 1, 0]),
    ]
      as [([Float], [Float])]
    {
      let tensor = TrainedTensor(weights, filterLength: 2, update: update)
      for _ in 0..<3 { tensor.step(gradient, learningRate: 0.5) }
      #expect(tensor.weights.allSatisfy(\.isFinite) && tensor.optimizerState.joined().allSatisfy(\.isFinite))
    }
  }

  /// Where a quotient of norms is missing it counts as 1: LARS takes the step of momentum SGD, LAMB Adam's; a sphere of radius
  /// zero is a point.
  @Test func quotientsOfZero() throws {
    let lars = try TrainedTensor([0.0, 0], rule: UpdateRules.make(name: "lars"))
    lars.step([2, -1], learningRate: 0.25)
    #expect(lars.weights == [-0.5, 0.25])
    let lamb = try TrainedTensor([0.0, 0], rule: UpdateRules.make(name: "lamb", [.epsilon: 1e-30]))
    lamb.step([2, -1], learningRate: 0.25)
    #expect(zip(lamb.weights, [-0.25, 0.25]).allSatisfy { abs($0 - $1) < 1e-15 })
    let sphere = try TrainedTensor([0.0, 0], rule: UpdateRules.make(name: "riemannian-sgd"))
    sphere.step([2, -1], learningRate: 0.25)
    #expect(sphere.weights == [0, 0] && sphere.optimizerState == [[0, 0]])
  }

  /// On a circle momentum is carried along without loss: after t steps of unit gradient the angle is
  /// η Σₛ (1 − μˢ)/(1 − μ).
  @Test(arguments: [0.0, 0.5]) func greatCircle(momentum: Double) throws {
    let rule = try UpdateRules.make(name: "riemannian-sgd", [.momentum: momentum, .clip: 1])
    let tensor = try TrainedTensor([3.0, 0], rule: rule)
    var (angle, speed) = (0.0, 0.0)
    for _ in 0..<200 {
      let w = tensor.weights
      // Twice as long as the clip, with a part along w that has no effect.
      tensor.step([w[1] * 2 / 9 + w[0], -w[0] * 2 / 9 + w[1]], learningRate: 0.01)
      speed = momentum * speed + 0.01
      angle += speed
      #expect(abs(tensor.weights[0] - 3 * Self.cosine(angle)) < 1e-12)
    }
  }

  /// cos by its series, after halving the angle.
  private static func cosine(_ x: Double) -> Double {
    if abs(x) > 0.1 {
      let half = cosine(x / 2)
      return 2 * half * half - 1
    }
    return 1 - x * x / 2 * (1 - x * x / 12 * (1 - x * x / 30 * (1 - x * x / 56)))
  }

  @Test func spheresKeepTheirRadius() throws {
    let tensor = try TrainedTensor([Float(3), 4, 12, 84], rule: UpdateRules.make(name: "riemannian-sgd"))
    for step in 0..<2000 {
      tensor.step((0..<4).map { Float(($0 * 3 + step) % 7) / 512 - 0x1p-9 }, learningRate: 0.01)
    }
    let norm = tensor.weights.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(norm / 85 - 1) < 1e-5)
  }

  @Test(arguments: UpdateRules.names) func aRateForEachFilter(name: String) throws {
    let rule = try UpdateRules.make(name: name)
    guard rule.scope == .filter else { return }
    try checkRates(rule, Float.self)
    try checkRates(rule, Double.self)
  }

  /// Against the whole tensor run once with each rate.
  private func checkRates<Scalar: KernelScalar>(_ rule: any UpdateRule, _: Scalar.Type) throws {
    let (rates, length) = ([0.5, 0, 0.03125], 5)
    let update = try TensorUpdate(rule: rule, projection: .filter(radius: 2))
    let weights = (0..<15).map { Scalar(($0 * 7) % 11) / 8 - 0.5 }
    let old = Buffer(weights)
    let (new, optimizerState) = (Buffer<Scalar>(count: 15), rule.stateNames.map { _ in Buffer<Scalar>(count: 15) })
    let gradient = Buffer((0..<15).map { Scalar(($0 * 5) % 13) / 4 - 1.5 })
    var sums = [FilterSums](repeating: FilterSums(), count: 3)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      let slice = unsafe TensorSlice(
        old: old.start, updated: new.start, gradientSum: gradient.start, gradientScale: 0.5,
        optimizerState: optimizerState.map { unsafe $0.start }, filters: 3, filterLength: length, sums: sums.baseAddress
      )
      update.apply(to: slice, step: 1, learningRates: rates)
    }
    for (filter, rate) in rates.enumerated() {
      let tensor = TrainedTensor(weights, filterLength: length, update: update)
      tensor.step(gradient.values, scale: 0.5, learningRate: rate)
      let row = (filter * length)..<((filter + 1) * length)
      #expect(new.values[row] == tensor.weights[row] && sums[filter] == tensor.sums[filter])
      for (mine, other) in zip(optimizerState, tensor.optimizerState) { #expect(mine.values[row] == other[row]) }
    }
  }
}
