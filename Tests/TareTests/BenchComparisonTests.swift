import Benchmarks
import Testing

import tare

@Suite("Comparison of benchmarks")
struct BenchComparisonTests {
  private static func row(
    _ isBetter: BenchFigure.Direction, before: [Double], now: [Double]
  ) throws -> BenchComparison.Row {
    func figure(_ values: [Double]) throws -> BenchFigure {
      BenchFigure(name: "n", unit: "u", isBetter: isBetter, spread: try #require(Spread(of: values)))
    }
    return BenchComparison.Row(try figure(now), before: try figure(before))
  }

  @Test(
    "rounds that overlap are noise, and those that don't are faster or slower, by what is better",
    arguments: [
      (BenchFigure.Direction.higher, [100.0, 110, 120], [50.0, 55, 60], BenchComparison.Change.slower, 0.5),
      (.higher, [50, 55, 60], [100, 110, 120], .faster, 2), (.lower, [100, 110, 120], [50, 55, 60], .faster, 2),
      (.lower, [50, 55, 60], [100, 110, 120], .slower, 0.5), (.higher, [100, 110, 120], [80, 88, 100], .same, 0.8),
      (.lower, [1, 2, 30], [29, 40, 50], .same, 0.05), (.higher, [2, 2, 2], [2, 2, 2], .same, 1),
    ])
  func changes(
    _ isBetter: BenchFigure.Direction, before: [Double], now: [Double], change: BenchComparison.Change, ratio: Double
  ) throws {
    let row = try Self.row(isBetter, before: before, now: now)
    #expect(row.change == change && abs(row.ratio - ratio) < 1e-12)
  }
}
