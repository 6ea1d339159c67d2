/// The running variance of the channel that the normalization's ε affects most.
package enum SmallestVariance: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "smallestVariance", definition: "the least running variance of a channel, before the window's last step",
    unit: "1", source: "Ioffe and Szegedy 2015, arXiv:1502.03167", headline: .min)

  package static func values(of window: NormalizationWindow) -> [MetricValue] {
    [MetricValue(.min, window.runningVariance.map(\.value).min())]
  }
}

/// How far ε is from negligible: scale-invariance becomes exact as this goes to 0.
package enum EpsilonShare: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "epsilonShare",
    definition: "ε divided by the running variance, maximum over channels, before the window's last step",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .max)

  package static func values(of window: NormalizationWindow) -> [MetricValue] {
    let smallest = window.runningVariance.map(\.value).min()
    return [MetricValue(.max, window.epsilon.flatMap { epsilon in smallest.map { epsilon / $0 } })]
  }
}
