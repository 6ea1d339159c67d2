import EffectiveLearningRate
import Foundation
import Measuring
import Optimization
import Parameters
import Records
import Testing

/// Closed forms of a layer's metrics over a series of its weights.
@Suite("Metrics of other trainers' checkpoints")
struct LayerSeriesTests {
  private static func series(
    _ rule: String = "sgd", learningRate: Double = 0.1, l2: Double = 0, weightDecay: Double = 0, filters: Int = 1,
    length: Int = 2, _ invariance: Parameter.ScaleInvariance = .filter
  ) throws -> LayerSeries {
    let update = try TensorUpdate(rule: UpdateRules.make(name: rule), l2: l2, weightDecay: weightDecay)
    return LayerSeries(
      name: "conv", filters: filters, filterLength: length, invariance: invariance, update: update
    ) { _ in learningRate }
  }

  private static func value(_ rows: [MetricRow], _ metric: MetricName, _ statistic: Statistic) -> Double? {
    rows.first { $0.metric == metric && $0.statistic == statistic }?.value
  }

  @Test("norm, effective learning rate and angle of one filter")
  func oneFilter() throws {
    var series = try Self.series()
    let first = series.append([3, 0], at: 0)
    #expect(Self.value(first, WeightNorm.name, .p50) == 3)
    #expect(abs(try #require(Self.value(first, EffectiveRate.name, .p50)) - 0.1 / 9) < 1e-15)
    // Nothing has moved yet.
    #expect(Self.value(first, AngularUpdate.name, .rms) == nil)
    let angle = Double.pi / 5
    let second = series.append([4 * cos(angle), 4 * sin(angle)], at: 50)
    #expect(Self.value(second, WeightNorm.name, .p50).map { abs($0 - 4) < 1e-12 } == true)
    #expect(Self.value(second, AngularUpdate.name, .rms).map { abs($0 - angle) < 1e-12 } == true)
    // ‖w'‖² − ‖w‖² over ‖d‖², the law of cosines.
    let drift = 7 / (25 - 24 * cos(angle))
    #expect(Self.value(second, NormDrift.name, .layer).map { abs($0 - drift) < 1e-12 } == true)
    let third = series.append([0, 4], at: 60)
    #expect(Self.value(third, AngleToInitial.name, .p50).map { abs($0 - .pi / 2) < 1e-12 } == true)
    #expect(Set(third.map(\.step)) == [60])
  }

  @Test("a layer whose filters share a scale has one norm, and one that is not scale-invariant no effective rate")
  func groups() throws {
    var layer = try Self.series(filters: 2, .groups(ofFilters: 2))
    #expect(Self.value(layer.append([3, 0, 0, 4], at: 0), WeightNorm.name, .p50) == 5)
    var none = try Self.series(filters: 2, .none)
    let rows = none.append([3, 0, 0, 4], at: 0)
    #expect(Self.value(rows, EffectiveRate.name, .p50) == nil && Self.value(rows, WeightNorm.name, .max) == 4)
  }

  @Test("after one step, the predicted angle is that of the rule's equilibrium; none where it is not known")
  func predictedOfOneStep() throws {
    let x = 0.01 * 0.1
    let cases: [(rule: String, l2: Double, weightDecay: Double, squared: Double?)] = [
      ("sgd", 0.05, 0, 2 * x), ("momentum", 0.05, 0, 2 * x / 1.9), ("adamw", 0, 0.1, 2 * x * 0.1 / 1.9),
      ("sgd", 0, 0, nil),
      ("adam", 0.05, 0, nil), ("lion", 0, 0.1, nil),
    ]
    for row in cases {
      var series = try Self.series(row.rule, learningRate: 0.01, l2: row.l2, weightDecay: row.weightDecay)
      _ = series.append([1, 0], at: 10)
      let found = Self.value(series.append([1, 1], at: 11), PredictedAngularUpdate.name, .rms)
      #expect((found == nil) == (row.squared == nil), "\(row)")
      if let found, let squared = row.squared { #expect(abs(found * found / squared - 1) < 2e-3, "\(row)") }
    }
  }

  /// Gradients of random directions across w and of length 1/‖w‖, as a scale-invariant function has them.
  @Test(
    "in the equilibrium of a simulated training, the measured angle is the predicted one",
    arguments: [("sgd", 0, 1), ("sgd", 0, 25), ("momentum", 0.9, 1), ("momentum", 0.9, 5), ("momentum", 0.9, 40)])
  func equilibrium(rule: String, momentum: Double, way: Int) throws {
    let (length, eta, lambda) = (400, 0.02, 0.05)
    let random = CounterRandom(seed: 1, purpose: .probe)
    var series = try Self.series(rule, learningRate: eta, l2: lambda, length: length)
    var w = (0..<length).map { random.normal(0, $0) / 20 }
    var v = [Double](repeating: 0, count: length)
    var (measured, predicted) = (0.0, 0.0)
    for step in 1...4000 {
      let squared = w.reduce(0) { $0 + $1 * $1 }
      var g = (0..<length).map { random.normal(step, $0) }
      let along = zip(g, w).reduce(0) { $0 + $1.0 * $1.1 } / squared
      for i in g.indices { g[i] -= along * w[i] }
      let factor = 1 / (g.reduce(0) { $0 + $1 * $1 } * squared).squareRoot()
      for i in w.indices {
        v[i] = momentum * v[i] + factor * g[i] + 2 * lambda * w[i]
        w[i] -= eta * v[i]
      }
      // The norm settles within 1/(4ηλ) = 250 steps.
      guard step > 1500, step.isMultiple(of: way) else { continue }
      let rows = series.append(w, at: step)
      measured += pow(Self.value(rows, AngularUpdate.name, .rms) ?? 0, 2)
      predicted += pow(Self.value(rows, PredictedAngularUpdate.name, .rms) ?? 0, 2)
    }
    // Root mean squares of 62 ways or more in 400 dimensions.
    #expect(abs((measured / predicted).squareRoot() - 1) < 0.03)
  }
}
