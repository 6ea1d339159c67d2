/// Measured divided by predicted angle: 1 in an equilibrium that the model describes.
package enum AngularUpdateRatio: GroupMetric {
  package static let definition = MetricDefinition(
    name: "angularUpdateRatio",
    definition: "angularUpdate/predictedAngularUpdate of the layer; undefined where the prediction is",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419; Kosson et al. 2023, arXiv:2305.17212", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    [ratio(AngularUpdate.self, to: PredictedAngularUpdate.self, windows, context)]
  }
}

/// Measured divided by predicted norm.
package enum NormRatio: GroupMetric {
  package static let definition = MetricDefinition(
    name: "normRatio", definition: "weightNorm/predictedNorm of the layer; undefined where the prediction is",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419; Kosson et al. 2023, arXiv:2305.17212", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    [ratio(WeightNorm.self, to: PredictedNorm.self, windows, context)]
  }
}

private func ratio(
  _ measured: any GroupMetric.Type, to predicted: any GroupMetric.Type, _ windows: [FilterWindow],
  _ context: LayerContext
) -> MetricValue {
  let predicted = Metrics.headline(predicted, of: windows, in: context)
  let measured = Metrics.headline(measured, of: windows, in: context)
  return MetricValue(.layer, predicted.flatMap { predicted in measured.map { $0 / predicted } })
}
