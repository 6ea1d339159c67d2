import Foundation
import Optimization
import Parameters
import Records
import Reports
import Specification
import TestSupport
import Testing

/// The first figure of a sweep: test error against how fast the runs learned.
@Suite("Figures of measured rates")
struct MeasuredFigureTests {
  private func data(_ sample: SampleSweep) throws -> ReportData {
    ReportData(title: "", runs: try ReportSource(folders: [sample.folder.path]).runs)
  }

  @Test("a run stands at the mean over its steps, geometric over layers and seeds, of its effective learning rates")
  func places() throws {
    let figure = try #require(try data(SampleSweep()).figures.first)
    #expect(figure.id == "rate-nesterov" && figure.panels.map { $0.x?.isLogarithmic } == [true, true])
    // The mean over the windows of η/‖w‖² of a layer whose norm begins at `first`.
    func mean(_ first: Double, _ decay: Double) -> Double {
      let rates = (1...SampleSweep.windows).map { window -> Double in
        let norm = (first + 0.125 * Double(window)) / (1 + 10 * decay)
        return 0.01 / (norm * norm)
      }
      return rates.reduce(0, +) / Double(SampleSweep.windows)
    }
    let expected = [0, 0.01, 0.1].map { (mean(1, $0) * mean(2, $0)).squareRoot() }
    let places = figure.panels[0].series[0].points.map(\.x)
    #expect(places.count == 3 && zip(places, expected).allSatisfy { abs($0 / $1 - 1) < 1e-9 }, "\(places)")
    #expect(figure.panels[1].series[0].points.map(\.x) == [0, 0.01, 0.1], "the same runs beside it, at λ_d")
    #expect(figure.kinds.map(\.fill) == [.full, .open], "projected runs have open marks")
  }

  @Test("its bars are 95 % intervals over the seeds, and it is the same figure by the angle on demand")
  func intervals() throws {
    let figures = try data(SampleSweep()).figures
    let point = try #require(figures[0].panels[0].series[0].points.first)
    // 4 and 4.1 %: half of the interval is t₁ · 0.05.
    #expect(figures[0].bars == .interval && point.runs == 2)
    #expect(
      abs((point.high ?? 0) - 4.05 - 12.7062 * 0.05) < 1e-3 && abs(4.05 - (point.low ?? 0) - 12.7062 * 0.05) < 1e-3)
    #expect(
      figures[1].id == "angle-nesterov" && figures[1].group == figures[0].group
        && figures[1].choice != figures[0].choice)
  }

  @Test("a sweep whose test error is a function of the measured rate is explained by it, and not by λ or η")
  func explained() throws {
    // The mean rate of the sample is a function of η·(1 + 10λ_d)².
    let sample = try SampleSweep(error: { rate, decay in
      0.04 * exp(0.3 * abs(log10(rate * (1 + 10 * decay) * (1 + 10 * decay)) + 1.2))
    })
    let figure = try #require(try data(sample).figures.first)
    let share = try #require(figure.panels[0].title.firstMatch(of: /explains (\d+) %/).flatMap { Int($0.1) })
    let swept = try #require(figure.panels[1].title.firstMatch(of: /explains (\d+) %/).flatMap { Int($0.1) })
    #expect(share > 80 && swept < share - 30, "\(figure.panels.map(\.title))")
    #expect(figure.caption.contains("η/‖w‖² explains \(share) %, λ_d \(swept) %"))
  }

  @Test("projected runs that decay alone turns are set apart: where ηλ_d > (1 − μ)²")
  func apart() throws {
    let sample = try SampleSweep { spec in
      spec.optimizer[.momentum] = 0.95
    }
    let figure = try #require(try data(sample).figures.first)
    let apart = figure.panels[1].series.flatMap { series -> [[Double]] in
      let crossed = series.points.filter { $0.fill == Figure.Fill.crossed }
      return crossed.map { [Double(series.color ?? -1), $0.x] }
    }
    // (1 − 0.95)² = 0.0025 < 0.1 · 0.1, and no other product; free runs are never set apart.
    #expect(apart == [[1, 0.1]])
    #expect(figure.caption.contains("ηλ_d > (1 − μ)²"))
  }

  @Test("a sweep without λ is drawn along what it varies: numbers on a scale, names side by side")
  func otherAxes() throws {
    func figures(_ change: @escaping (inout RunSpec) -> Void) throws -> [Figure] {
      try data(SampleSweep(change: change)).figures
    }
    let batches = try figures { spec in
      (spec.batch, spec.l2) = (32 << Int(((spec.l2 ?? 0) * 40).rounded()), 0.01)
    }
    let error = try #require(batches.first { $0.id.hasPrefix("error") })
    #expect(error.x.label == "batch" && error.panels[0].series[0].points.map(\.x) == [32, 128])
    let steps = try figures { spec in
      (spec.steps, spec.l2, spec.projection, spec.projectionKeepsL2) = (
        spec.projection == .none ? 100 : 200, 0.01, .none, false
      )
    }
    #expect(steps.first { $0.id.hasPrefix("error") }?.x.label == "steps")
    let rates = try figures { spec in
      (spec.l2, spec.projection, spec.projectionKeepsL2) = (0.01, .none, false)
    }
    let line = try #require(rates.first { $0.id.hasPrefix("error") })
    #expect(line.x.label == "η" && line.panels[0].series.map { $0.points.map(\.x) } == [[0.01, 0.1]])
    let names = try figures { spec in
      spec.normalization = spec.projection == .none ? .batch : .layer
      (spec.l2, spec.projection, spec.projectionKeepsL2, spec.optimizer.learningRate) = (0.01, .none, false, 0.05)
    }
    let categories = try #require(names.first { $0.id.hasPrefix("error") })
    #expect(categories.x.names == ["batch", "layer"] && categories.panels[0].series.map(\.line) == [.none])
    #expect(categories.svg.contains(">batch<") && categories.svg.contains(">layer<"))
  }

  @Test(
    "a logarithmic axis with fewer than three labels has ticks at 2 to 9 times the powers of ten",
    arguments: [
      ([7.5, 24], true), ([0.3, 0.9], false), ([1e-3, 1], false), ([0, 0.2, 1.5], true),
    ])
  func minorTicks(values: [Double], isExpected: Bool) {
    let scale = Scale(of: values, logarithmic: true, from: 0, to: 100)
    let (labeled, minor) = (scale.ticks().filter { $0 > 0 }, scale.minorTicks())
    #expect((labeled.count < 3 && scale.upper / scale.lower > 3) == isExpected || minor.isEmpty == (labeled.count >= 3))
    #expect(minor.isEmpty == (labeled.count >= 3), "\(labeled) \(minor)")
    #expect(minor.allSatisfy { 0...100 ~= scale.position($0) && !labeled.contains($0) })
  }
}
