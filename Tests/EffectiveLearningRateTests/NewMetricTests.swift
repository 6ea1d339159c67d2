import EffectiveLearningRate
import Optimization
import TestSupport
import Testing

/// `NormPerLiveWeight` is all there is to a metric, in one file; one line in `Metrics.all` would put it into the records.
/// docs/extending.md shows it.
@Suite struct NewMetricTests {
  @Test func thePageShowsTheFile() throws {
    let file = "Tests/EffectiveLearningRateTests/NormPerLiveWeight.swift"
    #expect(try Repository.text("docs/extending.md").contains(Repository.code(file)))
  }

  @Test func aTypeAndALineMakeAMetric() throws {
    let loop = ScaleInvariantLoop(update: try TensorUpdate(rule: SGD()), learningRate: { _ in 0.1 })
    let (windows, context) = loop.run(3)
    let known = Metrics.rows(of: windows, in: context)
    let rows = Metrics.rows(of: windows, in: context, metrics: Metrics.all + [NormPerLiveWeight.self])
    #expect(rows.dropLast() == known[...])
    let row = try #require(rows.last)
    #expect(row.metric.rawValue == "normPerLiveWeight" && row.statistic == .max)
    #expect(row.value == windows[0].weightNorm / 24)
    #expect(try Metrics.statistics(of: NormPerLiveWeight.self) == [.max])
  }
}
