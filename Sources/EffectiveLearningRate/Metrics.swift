/// The metrics there are, in the order of the records.
package enum Metrics {
  package static let all: [any Metric.Type] = [
    WeightNorm.self,
    GradientNorm.self,
    UnitGradientNorm.self,
    RelativeUpdate.self,
    EffectiveRate.self,
    EffectiveRateWithMomentum.self,
    AngularUpdate.self,
    PredictedAngularUpdate.self,
    PredictedNorm.self,
    NormDrift.self,
    CosWeightGradient.self,
  ]

  /// All values of one layer's window, as rows of the records.
  package static func rows(of windows: [FilterWindow], in context: LayerContext) -> [MetricRow] {
    all.flatMap { metric in
      metric.values(of: windows, in: context).map {
        MetricRow(metric: metric.definition.name, statistic: $0.statistic, value: $0.value)
      }
    }
  }

  /// The one number that stands for `metric`.
  package static func headline(
    _ metric: any Metric.Type, of windows: [FilterWindow], in context: LayerContext
  ) -> Double? {
    metric.values(of: windows, in: context).first { $0.statistic == metric.definition.headline }?.value
  }
}

/// metric, statistic and value of one line of `metrics.csv`.
package struct MetricRow: Hashable, Sendable {
  package let metric: String
  package let statistic: Statistic
  /// `nil` where the metric has no meaning for the layer.
  package let value: Double?
}
