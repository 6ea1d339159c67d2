import Optimization
import Parameters

extension Metrics {
  /// The statistics recorded for `metric`.
  package static func statistics(of metric: any Metric.Type) throws -> [Statistic] {
    let values: [MetricValue]
    switch metric {
    case let metric as any GroupMetric.Type:
      let rule = try UpdateRules.make(name: UpdateRules.standard.name)
      var context = LayerContext(update: try TensorUpdate(rule: rule), learningRate: 0, invariance: .none)
      context.isAsynchronous = true
      values = metric.values(of: [], in: context)
    case let metric as any NormalizationMetric.Type: values = metric.values(of: NormalizationWindow())
    case let metric as any NetworkMetric.Type:
      var window = NetworkWindow()
      window.tally.staleness.note(0)
      values = metric.values(of: window)
    case let metric as any EvaluationMetric.Type: values = metric.values(of: Tally())
    default: values = []
    }
    return values.map(\.statistic)
  }
}
