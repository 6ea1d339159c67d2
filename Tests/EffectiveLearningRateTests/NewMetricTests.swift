import EffectiveLearningRate
import Optimization
import Testing

/// A metric as anybody would add one: this type, and a line in the list.
private enum NormPerLiveWeight: GroupMetric {
  static let definition = MetricDefinition(
    name: "normPerLiveWeight", definition: "‖w‖/C", unit: "1", source: "this test", headline: .max)

  static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    [MetricValue(.max, windows.filter { $0.liveWeights > 0 }.map { $0.weightNorm / $0.liveWeights }.max())]
  }
}

@Suite struct NewMetricTests {
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
