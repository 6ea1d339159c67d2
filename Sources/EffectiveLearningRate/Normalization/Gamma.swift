/// The scales that a normalization gives its channels, before the window's last step.
package enum Gamma: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "gamma", definition: "γ over the channels of the layer, before the window's last step",
    unit: "1", source: "Ioffe and Szegedy 2015, arXiv:1502.03167", headline: .mean)

  package static func values(of window: NormalizationWindow) -> [MetricValue] {
    Statistic.moments(of: window.gamma.map(\.value))
  }
}

/// Channels that are virtually switched off.
package enum GammaNearZero: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "gammaNearZero", definition: "the fraction of channels with |γ| < 0.001",
    unit: "1", source: "Mehta et al. 2019, arXiv:1811.12495", headline: .layer)

  package static func values(of window: NormalizationWindow) -> [MetricValue] {
    let near = window.gamma.count { abs($0.value) < 1e-3 }
    return [MetricValue(.layer, average(Double(near), over: Double(window.gamma.count)))]
  }
}

package enum GammaNorm: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "gammaNorm", definition: "‖γ‖₂ before the window's last step",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .layer)

  package static func values(of window: NormalizationWindow) -> [MetricValue] { [norm(of: window.gamma)] }
}

package enum GammaRelativeUpdate: NormalizationMetric {
  package static let definition = MetricDefinition(
    name: "gammaRelativeUpdate", definition: "‖Δγ‖/‖γ‖ of the window's last step",
    unit: "1", source: "Kosson et al. 2023, arXiv:2305.17212", headline: .layer)

  package static func values(of window: NormalizationWindow) -> [MetricValue] { [relativeUpdate(of: window.gamma)] }
}
