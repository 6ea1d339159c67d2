import Optimization
import Parameters
import TestSupport
import Testing

@Suite struct ProjectionTests {
  private func norm(_ weights: some Sequence<Float>) -> Double {
    weights.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  @Test func everyFilterGetsTheRadius() throws {
    let update = try TensorUpdate(rule: SGD(), projection: .filter(radius: 2))
    let tensor = TrainedTensor((0..<95).map { Float($0 % 13) - 5 }, filterLength: 19, update: update)
    for _ in 0..<3 {
      tensor.step((0..<95).map { Float($0 % 7) - 3 }, learningRate: 0.5)
      for f in 0..<5 { #expect(abs(norm(tensor.weights[(19 * f)..<(19 * f + 19)]) / 2 - 1) < 1e-7) }
    }
  }

  @Test func theLayerGetsTheRadiusAndKeepsItsProportions() throws {
    let update = try TensorUpdate(rule: SGD(), projection: .layer(radius: 3))
    let tensor = TrainedTensor([3, 4, 0, 12], filterLength: 2, update: update)
    tensor.step([0, 0, 0, 0], learningRate: 1)
    #expect(zip(tensor.weights, [9.0 / 13, 12.0 / 13, 0, 36.0 / 13]).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test(arguments: [Projection.filter(radius: 1), .layer(radius: 1)]) func zeroStaysZero(projection: Projection) {
    let weights = Buffer<Double>(count: 6)
    unsafe projection.project(weights.start, filters: 2, filterLength: 3)
    unsafe #expect(weights.elements.allSatisfy { $0 == 0 })
  }

  @Test func aZeroFilterDoesNotDisturbItsNeighbor() {
    let weights = Buffer<Float>([0, 0, 3, 4])
    unsafe Projection.filter(radius: 5).project(weights.start, filters: 2, filterLength: 2)
    #expect(weights.values == [0, 0, 3, 4])
  }

  /// For plain SGD the paper's projected step with λ is the one without λ at η/(1 − 2ηλ).
  @Test func penaltyOnProjectedWeightsOnlyRescalesTheRate() throws {
    let (rate, l2) = (0.2, 0.25)
    let filter = Projection.filter(radius: 1)
    let start = (0..<8).map { Double($0 % 5) - 1.5 }
    let penalized = TrainedTensor(start, update: try TensorUpdate(rule: SGD(), projection: filter, l2: l2))
    let plain = TrainedTensor(start, update: try TensorUpdate(rule: SGD(), projection: filter))
    for step in 0..<20 {
      let gradient = (0..<8).map { Double(($0 * 3 + step) % 7) - 3 }
      penalized.step(gradient, learningRate: rate)
      plain.step(gradient, learningRate: rate / (1 - 2 * rate * l2))
      for (a, b) in zip(penalized.weights, plain.weights) { #expect(abs(a - b) < 1e-14) }
    }
  }

  @Test func sumsAreThoseOfTheStepBeforeProjection() throws {
    let update = try TensorUpdate(rule: SGD(), projection: .filter(radius: 1))
    let tensor = TrainedTensor([3.0, 4], update: update)
    tensor.step([1, 0], learningRate: 2)
    var expected = FilterSums()
    (expected.w2, expected.g2, expected.wg, expected.d2, expected.wd, expected.live) = (25, 1, 3, 4, -6, 1)
    #expect(tensor.sums == [expected])
  }

  /// 51 filters of 1000 weights, which go through the cache in several parts.
  @Test(arguments: [Projection.none, .filter(radius: 1)], ["momentum", "adam", "riemannian-sgd"])
  func aLargeTensorIsUpdatedAsItsFiltersAre(projection: Projection, rule: String) throws {
    let (filters, length) = (51, 1000)
    let update = try TensorUpdate(rule: UpdateRules.make(name: rule), projection: projection)
    func updated(byFilter: Bool) -> [[Float]] {
      let old = Buffer((0..<filters * length).map { Float($0 * 7919 % 1013) * 0x1p-10 - 0.5 })
      let gradient = Buffer((0..<filters * length).map { Float($0 * 104_729 % 997) * 0x1p-9 - 1 })
      let new = Buffer<Float>(count: old.count)
      let state = (0..<2).map { _ in Buffer<Float>(count: old.count) }
      var sums = [FilterSums](repeating: FilterSums(), count: filters)
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        let slice = unsafe TensorSlice(
          old: old.start, updated: new.start, gradientSum: gradient.start, gradientScale: 0.5,
          optimizerState: state.prefix(update.rule.stateNames.count).map { unsafe $0.start }, filters: filters,
          filterLength: length, sums: sums.baseAddress)
        for part in byFilter ? (0..<filters).map(slice.filter) : [slice] {
          update.apply(to: part, step: 3, learningRate: 0.1)
        }
      }
      let sumsOfStep = sums.flatMap { [Float($0.w2), Float($0.d2), Float($0.wd)] }
      return [new.values, state[0].values, state[1].values, sumsOfStep]
    }
    #expect(updated(byFilter: false) == updated(byFilter: true))
  }

  @Test func scopeFollowsTheProjection() throws {
    #expect(try TensorUpdate(rule: SGD(), projection: .layer(radius: 1)).scope == .layer)
    #expect(try TensorUpdate(rule: SGD(), projection: .filter(radius: 1)).scope == .filter)
    #expect(try TensorUpdate(rule: SGD()).scope == .filter)
  }
}
