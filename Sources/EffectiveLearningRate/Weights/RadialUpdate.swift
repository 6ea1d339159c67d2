/// The component of a step along w, which changes the norm of the weights but not the network's function.
package enum RadialUpdate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "radialUpdate",
    definition: "⟨u, d⟩ with u = w/‖w‖, mean over the steps of the window, quantiles over the groups",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    Statistic.quantiles(of: windows.compactMap { average($0.radialUpdates, over: $0.turns) })
  }
}

/// The contribution of decay to the radial update; decay has no component orthogonal to w.
package enum RadialDecayUpdate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "radialDecayUpdate",
    definition:
      "⟨u, p⟩ of the part p of the update that decay alone makes: −η(2·l2 + weightDecay)w under SGD, −η·weightDecay·w "
      + "under rules where l2 is one of the gradient's terms; mean over the steps of the window, quantiles over the "
      + "groups; undefined where decay cannot be told apart (lamb, adamp, sgdp)",
    unit: "1", source: "Loshchilov and Hutter 2017, arXiv:1711.05101", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    guard context.conditions.decay != nil else { return Statistic.quantiles(of: []) }
    return Statistic.quantiles(of: windows.compactMap { average($0.radialDecays, over: $0.turns) })
  }
}

/// The radial update without the contribution of decay: for plain SGD only rounding and the normalization's ε; with
/// momentum also components that were tangential in earlier steps.
package enum RadialGradientUpdate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "radialGradientUpdate",
    definition:
      "⟨u, d − p⟩ of the gradient part of the update, where p is the decay part (see radialDecayUpdate), mean "
      + "over the steps of the window, quantiles over the groups",
    unit: "1", source: "Loshchilov and Hutter 2017, arXiv:1711.05101", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    guard context.conditions.decay != nil else { return Statistic.quantiles(of: []) }
    return Statistic.quantiles(of: windows.compactMap { average($0.radialUpdates - $0.radialDecays, over: $0.turns) })
  }
}

/// The fraction of the steps' squared norm that is radial.
package enum RadialEnergyFraction: GroupMetric {
  package static let definition = MetricDefinition(
    name: "radialEnergyFraction",
    definition: "Σ⟨u, d⟩²/Σ‖d‖² over the steps of the window, quantiles over the groups; layer: over all groups",
    unit: "1", source: "Wan et al. 2020, arXiv:2006.08419", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let radial = windows.reduce(0) { $0 + $1.squaredRadialUpdates }
    let groups = windows.compactMap { average($0.squaredRadialUpdates, over: $0.squaredUpdates) }
    return [MetricValue(.layer, average(radial, over: windows.reduce(0) { $0 + $1.squaredUpdates }))]
      + Statistic.quantiles(of: groups)
  }
}
