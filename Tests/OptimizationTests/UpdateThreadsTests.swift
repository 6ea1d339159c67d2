import CKernels
import Optimization
import Parameters
import Testing

/// A server's threads share the filters of a tensor.
@Suite("Updates on several threads") struct UpdateThreadsTests {
  /// Enough for three threads, in groups of a second pass that do not end where the threads' parts do.
  private static let (filters, length) = (331, 311)
  private static let count = filters * length

  private struct Outcome: Equatable {
    let weights: [Float]
    let state: [[Float]]
    let sums: [FilterSums]
  }

  private static func outcome(
    _ update: TensorUpdate, on threads: Threads, rates: [Double]? = nil
  ) -> Outcome {
    func numbers(_ seed: UInt64) -> Buffer<Float> {
      let random = CounterRandom(seed: seed, purpose: .probe)
      return Buffer((0..<count).map { Float(random.normal(0, $0)) })
    }
    let (weights, gradient) = ([numbers(1), Buffer<Float>(count: count)], numbers(2))
    let state = update.rule.stateNames.map { _ in Buffer<Float>(count: count) }
    var sums = [FilterSums](repeating: FilterSums(), count: filters)
    // The second step has a state.
    for step in 1...2 {
      let (old, new) = step == 1 ? (weights[0], weights[1]) : (weights[1], weights[0])
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        let slice = unsafe TensorSlice(
          old: old.start, updated: new.start, gradientSum: gradient.start, gradientScale: 0x1p-3,
          optimizerState: state.map { unsafe $0.start }, filters: filters, filterLength: length,
          sums: sums.baseAddress
        ).shared(by: threads)
        if let rates {
          update.apply(to: slice, step: step, learningRates: rates)
        } else {
          update.apply(to: slice, step: step, learningRate: 0.01)
        }
      }
    }
    return Outcome(weights: weights[0].values, state: state.map(\.values), sums: sums)
  }

  @Test("each rule and projection gives the bits of one thread", arguments: UpdateRules.all.map { $0.name })
  func rules(name: String) throws {
    for projection in [Projection.none, .filter(radius: 2), .layer(radius: 3)] {
      let update = try TensorUpdate(rule: UpdateRules.make(name: name), projection: projection)
      let alone = Self.outcome(update, on: .one)
      #expect(alone.weights.allSatisfy(\.isFinite) && alone.sums.allSatisfy { $0.d2 > 0 })
      for threads in 2...3 {
        let isSame = Self.outcome(update, on: Threads(threads)) == alone
        #expect(isSame, "\(name), \(projection), \(threads) threads")
      }
    }
  }

  @Test("each filter has the parameters that are its own")
  func parameters() {
    let kernel = RowKernel<tare_rotate_parameters>(named: "rotate")
    let numbers = (0..<Self.filters).map { filter in
      var parameters = tare_rotate_parameters()
      (parameters.weight, parameters.state_weight) = (Double(filter), -Double(filter))
      return parameters
    }
    func outcome(_ threads: Threads) -> [[Float]] {
      let old = Buffer([Float](repeating: 1, count: Self.count))
      let (new, state, gradient) = (
        Buffer<Float>(count: Self.count), Buffer<Float>(count: Self.count), Buffer<Float>(count: Self.count)
      )
      let slice = unsafe TensorSlice(
        old: old.start, updated: new.start, gradientSum: gradient.start, gradientScale: 1,
        optimizerState: [state.start], filters: Self.filters, filterLength: Self.length
      ).shared(by: threads)
      Float.update(slice, with: kernel, numbers)
      return [new.values, state.values]
    }
    // w + a w and d w at w = 1.
    let filters = (0..<Self.count).map { Float($0 / Self.length) }
    let expected = [filters.map { 1 + $0 }, filters.map { -$0 }]
    for threads in 1...3 {
      let isExpected = outcome(Threads(threads)) == expected
      #expect(isExpected, "\(threads) threads")
    }
  }

  @Test("with a rate for each filter, too")
  func rates() throws {
    let update = try TensorUpdate(rule: UpdateRules.make(name: Momentum.name))
    let rates = (0..<Self.filters).map { 1e-3 * Double($0 + 1) }
    let isSame = Self.outcome(update, on: Threads(3), rates: rates) == Self.outcome(update, on: .one, rates: rates)
    #expect(isSame)
  }
}
