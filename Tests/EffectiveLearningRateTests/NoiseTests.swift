import EffectiveLearningRate
import Optimization
import Parameters
import Testing

/// The noise metrics against the textbook way: every microbatch's gradient at hand, deviations squared one by one.
@Suite struct NoiseTests {
  private let microbatches = 5
  private let microbatch = 8
  private let filters = 3
  private let length = 20

  private func gradients() -> [[Double]] {
    let random = CounterRandom(seed: 9, purpose: .probe)
    return (0..<microbatches).map { k in
      (0..<(filters * length)).map { Double(1 + $0 / length) * (0.5 + random.normal(k, $0)) }
    }
  }

  private func windows(_ gradients: [[Double]]) -> [FilterWindow] {
    let layout = ParameterLayout([
      Parameter(
        layer: "a", shape: Shape(filters, length), role: .weight, group: .weights, invariance: .filter,
        initializer: .constant(1))
    ])
    let shards = ShardMap(layout: layout, serverCount: 1)
    // As workers do: sums over samples, their squares scaled.
    let samples = Double(microbatch)
    let squares = gradients.map { gradient in
      shards.squaredNormsOfLoggedFilters(
        ofSegment: 0, in: Buffer(gradient.map { $0 * samples }), times: 1 / (samples * samples))
    }
    let mean = gradients[0].indices.map { i in gradients.reduce(0) { $0 + $1[i] } / Double(gradients.count) }
    return (0..<filters).map { filter in
      var sums = FilterSums()
      sums.w2 = 1
      sums.g2 = mean[filter * length..<(filter + 1) * length].reduce(0) { $0 + $1 * $1 }
      var window = FilterWindow()
      window.add(sums)
      window.close(
        FilterEnd(journey: FilterSums(), microbatchSquares: squares.reduce(0) { $0 + $1[filter] }))
      return window
    }
  }

  private func context(_ microbatches: Int) throws -> LayerContext {
    LayerContext(
      update: try TensorUpdate(rule: SGD()), learningRate: 1, invariance: .filter, microbatches: microbatches,
      microbatch: microbatch)
  }

  @Test func againstDeviationsOneByOne() throws {
    let gradients = gradients()
    let context = try context(microbatches)
    let windows = windows(gradients)
    for part in [0..<filters * length, 0..<length, 2 * length..<3 * length] {
      let mean = part.map { i in gradients.reduce(0) { $0 + $1[i] } / Double(microbatches) }
      var squares = 0.0
      for gradient in gradients {
        for (i, value) in zip(part, mean) { squares += (gradient[i] - value) * (gradient[i] - value) }
      }
      let trace = Double(microbatch) * squares / Double(microbatches - 1)
      let g2 = mean.reduce(0) { $0 + $1 * $1 }
      let signal = g2 - trace / Double(microbatches * microbatch)
      let isLayer = part.count > length
      let held = isLayer ? windows : [windows[part.lowerBound / length]]
      let expected: [(any GroupMetric.Type, Double)] = [
        (GradientNoise.self, trace), (NoiseScale.self, trace / signal), (SignalShare.self, signal / g2),
        (GradientDispersion.self, (squares / Double(microbatches) / g2).squareRoot()),
      ]
      for (metric, value) in expected {
        let measured = try #require(Metrics.headline(metric, of: held, in: context))
        #expect(abs(measured / value - 1) < 1e-12, "\(metric)")
      }
    }
  }

  /// Equal gradients have no noise; one microbatch does not know.
  @Test func limits() throws {
    let equal = Array(repeating: gradients()[0], count: 4)
    let context = try context(4)
    #expect(abs(try #require(Metrics.headline(GradientNoise.self, of: windows(equal), in: context))) < 1e-10)
    #expect(try #require(Metrics.headline(SignalShare.self, of: windows(equal), in: context)) > 1 - 1e-12)
    let alone = windows([gradients()[0]])
    for metric: any GroupMetric.Type in [
      GradientNoise.self, NoiseScale.self, SignalShare.self, GradientDispersion.self,
    ] {
      #expect(metric.values(of: alone, in: try self.context(1)).allSatisfy { $0.value == nil })
    }
  }

  /// A filter that one of K microbatches reaches has ‖G‖² = ‖g₁‖²/K² − ‖g₁‖²/K² = 0: no noise scale, whatever rounding in
  /// float32 leaves of the difference.
  @Test("one microbatch's gradient alone has no signal, and rounding makes none", arguments: [2, 4, 5, 7, 16])
  func oneMicrobatch(count: Int) throws {
    let random = CounterRandom(seed: 11, purpose: .probe)
    let context = try context(count)
    for trial in 0..<50 {
      let gradient = (0..<length).map { Float(random.normal(trial, $0)) }
      let scale = 1 / Float(count)
      let mean = gradient.map { Double($0 * scale) }
      var sums = FilterSums()
      sums.w2 = 1
      sums.g2 = mean.reduce(0) { $0 + $1 * $1 }
      var window = FilterWindow()
      window.add(sums)
      window.close(
        FilterEnd(
          journey: sums, microbatchSquares: gradient.reduce(0) { $0 + Double($1) * Double($1) }))
      #expect(NoiseScale.values(of: [window], in: context).allSatisfy { $0.value == nil })
      let share = try #require(Metrics.headline(SignalShare.self, of: [window], in: context))
      #expect(abs(share) < 1e-6)
    }
  }

  /// Quantiles over all filters: those without gradient have no noise, and are not the same as those not measured.
  @Test("a filter without gradient counts as 0, and one that was not measured does not count")
  func deadFilters() throws {
    let context = try context(microbatches)
    func window(_ squares: Double?) -> FilterWindow {
      var sums = FilterSums()
      (sums.w2, sums.g2) = (1, (squares ?? 5) / 10)
      var window = FilterWindow()
      window.add(sums)
      window.close(FilterEnd(journey: sums, microbatchSquares: squares))
      return window
    }
    func statistic(_ statistic: Statistic, _ windows: [FilterWindow]) -> Double? {
      GradientNoise.values(of: windows, in: context).first { $0.statistic == statistic }?.value
    }
    let windows = [window(0), window(10), window(20)]
    #expect(statistic(.min, windows) == 0)
    let middle = statistic(.p50, [window(10)])
    #expect(middle != nil && statistic(.p50, windows) == middle)
    #expect(statistic(.min, [window(nil), window(nil)]) == nil && statistic(.layer, [window(nil)]) == nil)
    #expect(statistic(.layer, [window(0), window(0)]) == 0)
  }

  /// Opposite gradients cancel: all noise, and a signal estimate below 0 has no noise scale.
  @Test func pureNoise() throws {
    let gradient = gradients()[0]
    let windows = windows([gradient, gradient.map { $0 * -0.5 }])
    let context = try context(2)
    #expect(try #require(Metrics.headline(SignalShare.self, of: windows, in: context)) < 0)
    #expect(Metrics.headline(NoiseScale.self, of: windows, in: context) == nil)
  }
}
