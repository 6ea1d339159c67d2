import Claims
import Records
import Foundation
import Testing

/// Against SciPy's numbers, written by Fixtures/generate.py.
@Suite struct StatisticsTests {
  struct Fixture: Decodable {
    struct Point: Decodable {
      let degrees: Double, probability: Double, t: Double
    }
    struct Test: Decodable {
      let p: Double, interval: [Double]
      let tost: [Double]?
    }
    let quantiles: [Point], tails: [Point]
    let a: [Double], b: [Double], c: [Double], margins: [Double]
    let mean: Test, paired: Test, welch: Test
    let x: [Double], y: [Double], slope: Double, intercept: Double, slopeError: Double, slopeSignificance: Double
    let curvature: Double, minimum: Double
    let significances: [Double], holm: [Double]
  }

  let scipy: Fixture

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/statistics.json")
    scipy = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }

  @Test func studentsQuantiles() {
    for point in scipy.quantiles {
      let t = StudentT(degreesOfFreedom: point.degrees).quantile(point.probability)
      #expect(isClose(t, point.t, 1e-9), "ν \(point.degrees), p \(point.probability)")
    }
  }

  @Test func studentsTails() {
    for point in scipy.tails {
      let probability = StudentT(degreesOfFreedom: point.degrees).upperTail(point.t)
      #expect(isClose(probability, point.probability, 1e-9), "ν \(point.degrees), t \(point.t)")
    }
  }

  @Test func means() {
    check(Estimate(meanOf: scipy.a), scipy.mean)
    check(Estimate(pairedDifference: scipy.a, scipy.b), scipy.paired)
    check(Estimate(difference: scipy.c, scipy.a), scipy.welch)
  }

  private func check(_ estimate: Estimate, _ expected: Fixture.Test) {
    #expect(isClose(estimate.significance, expected.p, 1e-9))
    let interval = estimate.interval(confidence: 0.95)
    #expect(isClose(interval.lowerBound, expected.interval[0], 1e-9))
    #expect(isClose(interval.upperBound, expected.interval[1], 1e-9))
    for (margin, p) in zip(scipy.margins, expected.tost ?? []) {
      #expect(isClose(estimate.equivalence(within: margin), p, 1e-9), "margin \(margin)")
    }
  }

  /// An estimate without spread is certain of itself.
  @Test func oneRepetition() {
    let estimate = Estimate(meanOf: [2])
    #expect(estimate.interval() == 2...2)
    #expect(estimate.equivalence(within: 3) == 0)
    #expect(estimate.equivalence(within: 1) == 1)
    #expect(estimate.significance == 0)
  }

  @Test func pooledDeviation() {
    // Squares about the means: 2 and 8, of 1 + 2 degrees of freedom.
    #expect(isClose(pooledStandardDeviation([[1, 3], [4, 6, 8], [7]]), (10.0 / 3).squareRoot(), 1e-15))
  }

  @Test func holm() {
    for (corrected, expected) in zip(holmCorrected(scipy.significances), scipy.holm) {
      #expect(isClose(corrected, expected, 1e-12))
    }
  }

  @Test func line() throws {
    let line = try #require(LinearRegression(scipy.x, scipy.y))
    #expect(isClose(line.slope.value, scipy.slope, 1e-12))
    #expect(isClose(line.intercept, scipy.intercept, 1e-12))
    #expect(isClose(line.slope.standardError, scipy.slopeError, 1e-12))
    #expect(isClose(line.slope.significance, scipy.slopeSignificance, 1e-9))
    #expect(LinearRegression([1, 1, 1], [1, 2, 3]) == nil)
  }

  @Test func parabola() throws {
    let parabola = try #require(Parabola(scipy.x, scipy.y))
    #expect(isClose(parabola.curvature, scipy.curvature, 1e-12))
    #expect(isClose(try #require(parabola.minimum), scipy.minimum, 1e-12))
    #expect(Parabola(scipy.x, scipy.y.map { -$0 })?.minimum == nil)
    #expect(Parabola([1, 2, 2], [1, 2, 3]) == nil)
  }
}

func isClose(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
  abs(value - expected) <= tolerance * max(abs(expected), 1e-3)
}
