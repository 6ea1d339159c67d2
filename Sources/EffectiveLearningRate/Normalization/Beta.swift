/// The shifts that a normalization gives its channels, before the window's last step.
package enum Beta: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "beta", definition: "β over the channels of the layer, before the window's last step",
    unit: "1", source: "Ioffe and Szegedy 2015, arXiv:1502.03167", headline: .mean)

  package static func values(of window: NormalizationWindow) -> [MetricValue] {
    Statistic.moments(of: window.beta.map(\.value))
  }
}

package enum BetaNorm: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "betaNorm", definition: "‖β‖₂ before the window's last step",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .layer)

  package static func values(of window: NormalizationWindow) -> [MetricValue] { [norm(of: window.beta)] }
}

package enum BetaRelativeUpdate: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "betaRelativeUpdate", definition: "‖Δβ‖/‖β‖ of the window's last step; undefined while β = 0",
    unit: "1", source: "Kosson et al. 2023, arXiv:2305.17212", headline: .layer)

  package static func values(of window: NormalizationWindow) -> [MetricValue] { [relativeUpdate(of: window.beta)] }
}
