/// The variance of single-sample gradients.
package enum GradientNoise: GroupMetric {
  package static let definition = MetricDefinition(
    name: "gradientNoise",
    definition:
      "tr Σ = b(Σ_k‖g_k‖²/K − ‖g‖²)K/(K − 1), the trace of the covariance of one sample's gradient, from the K "
      + "microbatches of b samples of the window's last step; layer: of the whole tensor; undefined for K = 1",
    unit: "1", source: "McCandlish et al. 2018, arXiv:1812.06162", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    context.noise(of: windows).values { $0.trace }
  }
}

/// The batch size at which noise and gradient are equally large.
package enum NoiseScale: GroupMetric {
  package static let definition = MetricDefinition(
    name: "noiseScale",
    definition: "tr Σ/‖G‖² with ‖G‖² = ‖g‖² − tr Σ/(Kb), the squared length of the noiseless gradient; undefined where "
      + "that estimate is not above 10⁻⁵‖g‖², as in a filter that only one microbatch reached",
    unit: "sample", source: "McCandlish et al. 2018, arXiv:1812.06162", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    context.noise(of: windows).values { $0.scale }
  }
}

/// The fraction of a step's squared gradient norm that is not noise.
package enum SignalShare: GroupMetric {
  package static let definition = MetricDefinition(
    name: "signalShare",
    definition:
      "‖G‖²/‖g‖² of the window's last step (see noiseScale); an unbiased numerator, so that it can be below 0",
    unit: "1", source: "McCandlish et al. 2018, arXiv:1812.06162", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    context.noise(of: windows).values { $0.squaredMean > 0 ? $0.signal / $0.squaredMean : nil }
  }
}

/// The relative deviation of the microbatch gradients from their mean.
package enum GradientDispersion: GroupMetric {
  package static let definition = MetricDefinition(
    name: "gradientDispersion",
    definition: "√(Σ_k‖g_k − g‖²/K)/‖g‖ over the K microbatches of the window's last step; undefined for K = 1",
    unit: "1", source: "McCandlish et al. 2018, arXiv:1812.06162", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    context.noise(of: windows).values { $0.squaredMean > 0 ? ($0.scatter / $0.squaredMean).squareRoot() : nil }
  }
}
