import EffectiveLearningRate

/// The largest ‖w‖/C over the groups, where C is the number of weights that receive gradients.
enum NormPerLiveWeight: GroupMetric {
  static let definition = MetricDefinition(
    name: "normPerLiveWeight", definition: "‖w‖/C", unit: "1", source: "this test", headline: .max)

  static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    [MetricValue(.max, windows.filter { $0.liveWeights > 0 }.map { $0.weightNorm / $0.liveWeights }.max())]
  }
}
