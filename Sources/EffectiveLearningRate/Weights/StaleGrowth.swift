import Optimization

/// What staleness does to the growth of ‖w‖; recorded of asynchronous runs only.
///
/// A gradient is orthogonal to the weights at which it was computed, and those have moved on by its last τ steps:
/// ⟨w_t, g(w_{t−τ})⟩ = −η Σ ⟨g_{t−j}, g_t⟩ over j = 1 … τ, but for decay. Where successive gradients agree, steps lengthen w.
package enum StaleGrowth: GroupMetric {
  package static let definition = MetricDefinition(
    name: "staleGrowth",
    definition:
      "Σ 2⟨w, d − p⟩/Σ ‖d − p − u⟨u, d − p⟩‖² over the steps of the window, p the decay part of the update (see "
      + "radialDecayUpdate): the growth of ‖w‖² by the radial part of stale gradients, relative to that by their tangential "
      + "part, which is all there is in a synchronous run; undefined for rules other than sgd; layer: over all groups",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350 (the balance)", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    guard context.isAsynchronous else { return [] }
    guard context.update.rule is SGD else { return [MetricValue(.layer, nil)] + Statistic.quantiles(of: []) }
    let growth = windows.reduce(0) { $0 + $1.radialGradientGrowth }
    return [MetricValue(.layer, average(growth, over: windows.reduce(0) { $0 + $1.squaredTangentialUpdates }))]
      + Statistic.quantiles(of: windows.compactMap(\.staleGrowth))
  }
}

/// ‖w‖ in equilibrium under staleness; recorded of asynchronous runs only.
package enum PredictedStaleNorm: GroupMetric {
  package static let definition = MetricDefinition(
    name: "predictedStaleNorm",
    definition:
      "(1 + staleGrowth)^¼ times predictedNorm, at which decay balances all of the growth by stale gradients; layer: of the "
      + "whole tensor, if every group has one; undefined for rules other than sgd",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350 (the balance)", headline: .layer)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    guard context.isAsynchronous else { return [] }
    let norms = windows.compactMap { window -> Double? in
      guard context.update.rule is SGD, let norm = context.equilibrium(of: window)?.norm,
        let growth = window.staleGrowth, growth > -1
      else { return nil }
      return norm * (1 + growth).squareRoot().squareRoot()
    }
    let whole = !norms.isEmpty && norms.count == windows.count ? length(norms) : nil
    return [MetricValue(.layer, whole)] + Statistic.quantiles(of: norms)
  }
}

extension FilterWindow {
  /// Σ 2⟨w, d − p⟩, with ‖w‖ of the window's last step.
  fileprivate var radialGradientGrowth: Double { 2 * weightNorm * (radialUpdates - radialDecays) }

  fileprivate var staleGrowth: Double? { average(radialGradientGrowth, over: squaredTangentialUpdates) }
}
