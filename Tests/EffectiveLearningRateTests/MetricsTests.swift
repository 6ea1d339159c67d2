import EffectiveLearningRate
import Foundation
import Optimization
import Parameters
import Testing

@Suite struct MetricsTests {
  /// One window for each norm, after one step with gradient norm 2 across the weights.
  private func windows(norms: [Double]) -> [FilterWindow] {
    norms.map { norm in
      var sums = FilterSums()
      (sums.w2, sums.g2, sums.d2, sums.live) = (norm * norm, 4, 0.01, 9)
      var window = FilterWindow()
      window.add(sums)
      return window
    }
  }

  private func context(
    _ rule: String, l2: Double = 0, invariance: Parameter.ScaleInvariance = .filter
  ) throws -> LayerContext {
    let update = try TensorUpdate(rule: UpdateRules.make(name: rule), l2: l2)
    return LayerContext(update: update, learningRate: 0.5, invariance: invariance)
  }

  private func value(_ rows: [MetricReading], _ metric: String, _ statistic: Statistic) throws -> Double? {
    try #require(rows.first { $0.metric.rawValue == metric && $0.statistic == statistic }).value
  }

  private func number(_ rows: [MetricReading], _ metric: String, _ statistic: Statistic) throws -> Double {
    try #require(try value(rows, metric, statistic))
  }

  /// The median of η/‖w_f‖^p, and not η/‖W‖^p.
  @Test(arguments: [("sgd", [2, 0.5, 0.125], 1.0), ("nesterov", [2, 0.5, 0.125], 10), ("adam", [1, 0.5, 0.25], 1)])
  func effectiveRate(rule: String, expected: [Double], gain: Double) throws {
    let rows = Metrics.rows(of: windows(norms: [1, 0.5, 2]), in: try context(rule))
    for (metric, factor) in [("effectiveLearningRate", 1), ("effectiveLearningRateMomentum", gain)] {
      let (max, median, min) = (expected[0] * factor, expected[1] * factor, expected[2] * factor)
      #expect(abs(try number(rows, metric, .max) - max) < 1e-12)
      #expect(abs(try number(rows, metric, .p50) - median) < 1e-12)
      #expect(abs(try number(rows, metric, .min) - min) < 1e-12)
      // NumPy: quantile([a, b, c], 0.1) = a + 0.2 (b − a)
      #expect(abs(try number(rows, metric, .p10) - (min + 0.2 * (median - min))) < 1e-12)
      #expect(abs(try number(rows, metric, .p90) - (median + 0.8 * (max - median))) < 1e-12)
    }
  }

  @Test func norms() throws {
    let rows = Metrics.rows(of: windows(norms: [3, 4]), in: try context("sgd"))
    #expect(try value(rows, "weightNorm", .layer) == 5)
    #expect(try value(rows, "weightNorm", .min) == 3)
    #expect(try value(rows, "gradientNorm", .layer) == 8.0.squareRoot())
    #expect(try value(rows, "unitGradientNorm", .layer) == 10)
    #expect(try value(rows, "unitGradientNorm", .p50) == 7)
    #expect(try value(rows, "cosWeightGradient", .extreme) == 0)
    #expect(try value(rows, "normDrift", .layer) == 1)
    let relative = ((0.01 / 9 + 0.01 / 16) / 2).squareRoot()
    #expect(abs(try number(rows, "relativeUpdate", .rms) - relative) < 1e-15)
  }

  @Test func weightsThatAreNotInvariantHaveNoRateButACosine() throws {
    let rows = Metrics.rows(of: windows(norms: [1, 2]), in: try context("sgd", l2: 0.1, invariance: .none))
    for metric in [
      "effectiveLearningRate", "effectiveLearningRateMomentum", "predictedAngularUpdate", "predictedNorm",
    ] {
      #expect(rows.filter { $0.metric.rawValue == metric }.allSatisfy { $0.value == nil })
    }
    for metric in ["weightNorm", "angularUpdate", "cosWeightGradient"] {
      #expect(rows.filter { $0.metric.rawValue == metric }.allSatisfy { $0.value != nil })
    }
  }

  /// ‖w‖⁴ = ηG²/(λ_d(2 − ηλ_d)) filter by filter, then the whole tensor.
  @Test func predictedNormOfTheLayer() throws {
    let rows = Metrics.rows(of: windows(norms: [1, 3]), in: try context("sgd", l2: 0.1))
    let fourthPowers = [4.0, 36].map { 0.5 * $0 / (0.2 * (2 - 0.5 * 0.2)) }
    let expected = fourthPowers.map { $0.squareRoot() }.reduce(0, +).squareRoot()
    #expect(abs(try number(rows, "predictedNorm", .layer) - expected) < 1e-12)
    #expect(try value(rows, "predictedNorm", .max) == fourthPowers[1].squareRoot().squareRoot())
  }

  @Test func nothingMeasuredGivesNoNumbersButTheSameRows() throws {
    let empty = Metrics.rows(of: [FilterWindow(), FilterWindow()], in: try context("adam", l2: 0.1))
    let full = Metrics.rows(of: windows(norms: [1]), in: try context("adam", l2: 0.1))
    #expect(empty.map(\.metric) == full.map(\.metric) && empty.map(\.statistic) == full.map(\.statistic))
    #expect(empty.allSatisfy { $0.value == nil || $0.value == 0 })
    let undefined = Set(full.filter { $0.value == nil }.map(\.metric.rawValue))
    #expect(
      undefined == [
        // Laws of SGD, optimizer state, two steps, several microbatches, a projection, an end: this window has none.
        "exactEffectiveStep", "radiusLawResidual", "stepRecursionResidual", "momentumLawResidual",
        "cosWeightMomentum", "normGrowth", "gradientNoise", "noiseScale", "signalShare",
        "gradientDispersion", "projectionResidual", "angleToInitial", "wireError", "wireErrorWeights",
      ])
  }

  /// w = (2, 0), g = (−1, 3), η = 0.5, λ_d = 0.2: p = (−0.2, 0) and d − p = (0.5, −1.5), so s = 2·2·0.5/1.5² = 8/9.
  @Test func staleGradients() throws {
    var sums = FilterSums()
    (sums.w2, sums.g2, sums.wg, sums.wd, sums.d2, sums.live) = (4, 10, -2, 0.6, 0.09 + 2.25, 2)
    var context = try context("sgd", l2: 0.1)
    let update = try TensorUpdate(rule: UpdateRules.make(name: "sgd"), l2: 0.1)
    var window = FilterWindow()
    window.add(sums, in: StepConditions(update, learningRate: 0.5))
    #expect(Metrics.rows(of: [window], in: context).allSatisfy { $0.metric != StaleGrowth.name })
    context.isAsynchronous = true
    let rows = Metrics.rows(of: [window, window], in: context)
    for statistic in [Statistic.layer, .p50] {
      #expect(abs(try number(rows, "staleGrowth", statistic) - 8.0 / 9) < 1e-12)
    }
    let ratio = try number(rows, "predictedStaleNorm", .layer) / number(rows, "predictedNorm", .layer)
    #expect(abs(ratio - pow(17.0 / 9, 0.25)) < 1e-12)
    // Heavy ball's updates are not orthogonal to w without staleness either.
    var momentum = try self.context("momentum", l2: 0.1)
    momentum.isAsynchronous = true
    #expect(try value(Metrics.rows(of: [window], in: momentum), "predictedStaleNorm", .p50) == nil)
  }

  @Test func definitionsAreComplete() throws {
    let definitions = Metrics.all.map { $0.definition }
    #expect(Set(definitions.map(\.name)).count == definitions.count)
    for (metric, definition) in zip(Metrics.all, definitions) {
      for text in [definition.name.rawValue, definition.definition, definition.unit, definition.source] {
        #expect(!text.isEmpty)
      }
      let statistics = try Metrics.statistics(of: metric)
      #expect(statistics.contains(definition.headline) && Set(statistics).count == statistics.count)
    }
    #expect(EffectiveRate.formula(for: SGD().homogeneity) == "η/‖w‖²")
    #expect(EffectiveRate.formula(for: Homogeneity(inGradient: 0, inWeights: 0)) == "η/‖w‖")
    #expect(EffectiveRate.formula(for: Homogeneity(inGradient: 0, inWeights: 1)) == "η")
  }

  /// The worst cosine of any filter, with its sign, and the root mean square.
  @Test func cosine() throws {
    var window = [FilterWindow(), FilterWindow()]
    var sums = FilterSums()
    (sums.w2, sums.g2, sums.wg) = (1, 1, 0.25)
    window[0].add(sums)
    sums.wg = -0.5
    window[1].add(sums)
    let rows = Metrics.rows(of: window, in: try context("sgd"))
    #expect(try value(rows, "cosWeightGradient", .extreme) == -0.5)
    #expect(try value(rows, "cosWeightGradient", .rms) == ((0.0625 + 0.25) / 2).squareRoot())
  }
}
