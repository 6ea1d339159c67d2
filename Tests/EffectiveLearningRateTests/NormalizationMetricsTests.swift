import EffectiveLearningRate
import Parameters
import Testing

@Suite struct NormalizationMetricsTests {
  private func elements(_ values: [Double], gradients: [Double], updates: [Double] = [0, 0, 0, 0]) -> [ElementWindow] {
    values.indices.map { ElementWindow(value: values[$0], gradient: gradients[$0], update: updates[$0]) }
  }

  private func value(_ window: NormalizationWindow, _ metric: String, _ statistic: Statistic) throws -> Double? {
    try #require(Metrics.rows(of: window).first { $0.metric.rawValue == metric && $0.statistic == statistic }).value
  }

  private var window: NormalizationWindow {
    var window = NormalizationWindow()
    window.gamma = elements([1, -2, 2, 0.0005], gradients: [1, 1, 0, 0], updates: [0.3, 0, 0, 0.4])
    window.beta = elements([0, 0, 3, 0], gradients: [0, 0, 1, 0], updates: [0, 0, 0, 1.5])
    window.runningMean = elements([1, 0, 0, 0], gradients: [3, 0, 0, 0])
    window.runningVariance = elements([8, 0.5, 2, 1], gradients: [4, 1, 2, 1])
    window.epsilon = 0.25
    return window
  }

  @Test func gammaAndBeta() throws {
    #expect(abs(try #require(try value(window, "gamma", .mean)) - 0.250125) < 1e-15)
    // Var = E[γ²] − E[γ]²
    let variance = (9 + 2.5e-7) / 4 - 0.250125 * 0.250125
    #expect(abs(try #require(try value(window, "gamma", .std)) - variance.squareRoot()) < 1e-14)
    #expect(try value(window, "gamma", .min) == -2 && value(window, "gamma", .max) == 2)
    #expect(try value(window, "gammaNearZero", .layer) == 0.25)
    #expect(try value(window, "betaNorm", .layer) == 3)
    #expect(try value(window, "betaRelativeUpdate", .layer) == 0.5)
    #expect(abs(try #require(try value(window, "gammaRelativeUpdate", .layer)) - 0.5 / 9.00000025.squareRoot()) < 1e-15)
    #expect(try value(window, "beta", .mean) == 0.75)
  }

  /// ⟨(γ, β), g⟩ = 1 − 2 + 3, ‖(γ, β)‖² = 18 + 2.5e-7, ‖g‖² = 3.
  @Test func jointCosine() throws {
    let expected = 2 / (18.00000025 * 3).squareRoot()
    #expect(abs(try #require(try value(window, "cosGammaBetaGradient", .layer)) - expected) < 1e-15)
    var tangential = window
    tangential.beta = elements([0, 0, 1, 0], gradients: [0, 0, 1, 0])
    #expect(try value(tangential, "cosGammaBetaGradient", .layer) == 0)
  }

  @Test func audit() throws {
    #expect(try value(window, "smallestVariance", .min) == 0.5)
    #expect(try value(window, "epsilonShare", .max) == 0.5)
    // Channel 0: (1 − 3)²/4 + (8/4 − 1)² = 2; channel 1: (0.5/1 − 1)² = 0.25; the others 0. Halved.
    #expect(try value(window, "runningStatisticsLag", .max) == 1)
    #expect(try value(window, "runningStatisticsLag", .rms) == (1.125 / 4).squareRoot())
  }

  @Test func withoutRunningStatistics() throws {
    var window = window
    (window.runningMean, window.runningVariance) = ([], [])
    for metric in ["smallestVariance", "epsilonShare", "runningStatisticsLag"] {
      #expect(Metrics.rows(of: window).filter { $0.metric.rawValue == metric }.allSatisfy { $0.value == nil })
    }
  }

  @Test func network() throws {
    let window = NetworkWindow(
      tally: Tally(lossSum: 6, correct: 1, samples: 4), learningRate: 0.5, penalty: 0.125)
    let rows = Metrics.rows(of: window)
    #expect(rows.map(\.metric.rawValue) == ["trainLoss", "trainError", "learningRate", "penalty"])
    #expect(rows.map(\.value) == [1.5, 0.75, 0.5, 0.125])
    #expect(rows.map(\.statistic) == [.mean, .mean, .last, .sum])
    let evaluation = Metrics.rows(ofEvaluation: window.tally)
    #expect(evaluation.map(\.metric.rawValue) == ["testLoss", "testError"] && evaluation.map(\.value) == [1.5, 0.75])
  }
}
