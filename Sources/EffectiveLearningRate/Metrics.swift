package import Parameters

/// All metrics, in the order of the records.
package enum Metrics {
  package static let all: [any Metric.Type] = [
    TrainLoss.self,
    TrainError.self,
    LearningRate.self,
    Penalty.self,
    GradientStaleness.self,
    StalenessCount.self,
    RejectedGradients.self,
    LateGradients.self,
    TestLoss.self,
    TestError.self,

    WeightNorm.self,
    GradientNorm.self,
    UnitGradientNorm.self,
    SquaredUnitGradient.self,
    UpdateNorm.self,
    RelativeUpdate.self,
    EffectiveRate.self,
    EffectiveRateWithMomentum.self,
    ExactEffectiveStep.self,
    EmpiricalEffectiveRate.self,
    AngularUpdate.self,
    PredictedAngularUpdate.self,
    AngularUpdateRatio.self,
    CumulativeAngle.self,
    AngleToInitial.self,
    RadialUpdate.self,
    TangentialUpdate.self,
    RadialGradientUpdate.self,
    RadialDecayUpdate.self,
    RadialEnergyFraction.self,
    CosWeightGradient.self,
    CosWeightUpdate.self,
    CosWeightMomentum.self,
    PredictedNorm.self,
    NormRatio.self,
    StaleGrowth.self,
    PredictedStaleNorm.self,
    NormDrift.self,
    NormGrowth.self,
    InEquilibrium.self,
    EquilibriumTimeConstant.self,
    RadiusLawResidual.self,
    StepRecursionResidual.self,
    MomentumLawResidual.self,
    ProjectionResidual.self,
    GradientNoise.self,
    NoiseScale.self,
    SignalShare.self,
    GradientDispersion.self,
    WireError.self,
    WireErrorWeights.self,

    Gamma.self,
    GammaNearZero.self,
    GammaNorm.self,
    GammaRelativeUpdate.self,
    Beta.self,
    BetaNorm.self,
    BetaRelativeUpdate.self,
    CosGammaBetaGradient.self,
    SmallestVariance.self,
    EpsilonShare.self,
    RunningStatisticsLag.self,
  ]

  /// Those that only runs with a lossy wire record.
  package static let ofLossyWires: Set<MetricName> = [WireError.name, WireErrorWeights.name]

  /// All values of one tensor's window, as rows of the records.
  package static func rows(
    of windows: [FilterWindow], in context: LayerContext, metrics: [any Metric.Type] = all
  ) -> [MetricReading] {
    rows(metrics) { ($0 as? any GroupMetric.Type)?.values(of: windows, in: context) }
  }

  /// All values of one normalization's window.
  package static func rows(of window: NormalizationWindow, metrics: [any Metric.Type] = all) -> [MetricReading] {
    rows(metrics) { ($0 as? any NormalizationMetric.Type)?.values(of: window) }
  }

  /// All values of the network's window.
  package static func rows(of window: NetworkWindow, metrics: [any Metric.Type] = all) -> [MetricReading] {
    rows(metrics) { ($0 as? any NetworkMetric.Type)?.values(of: window) }
  }

  /// All values of one evaluation.
  package static func rows(ofEvaluation tally: Tally, metrics: [any Metric.Type] = all) -> [MetricReading] {
    rows(metrics) { ($0 as? any EvaluationMetric.Type)?.values(of: tally) }
  }

  private static func rows(
    _ metrics: [any Metric.Type], values: (any Metric.Type) -> [MetricValue]?
  ) -> [MetricReading] {
    metrics.flatMap { metric in
      (values(metric) ?? []).map {
        MetricReading(metric: metric.definition.name, statistic: $0.statistic, value: $0.value)
      }
    }
  }

  /// The one number that represents `metric`.
  package static func headline(
    _ metric: any GroupMetric.Type, of windows: [FilterWindow], in context: LayerContext
  ) -> Double? {
    metric.values(of: windows, in: context).first { $0.statistic == metric.definition.headline }?.value
  }
}

/// Metric, statistic and value of one line of `metrics.csv`.
package struct MetricReading: Hashable, Sendable {
  package let metric: MetricName
  package let statistic: Statistic
  /// `nil` if the metric is undefined for the layer.
  package let value: Double?
}
