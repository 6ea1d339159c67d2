import Optimization

/// The angular update in equilibrium, for comparison with the measured one.
package enum PredictedAngularUpdate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "predictedAngularUpdate",
    definition: "the angle of a step once decay and gradient noise balance, at the present η, root mean square over "
      + "groups; undefined without decay, with projection, and for weights that are not scale-invariant",
    unit: "rad", source: "Wan et al. 2020, arXiv:2006.08419; Kosson et al. 2023, arXiv:2305.17212", headline: .rms)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let angles = windows.compactMap { context.equilibrium(of: $0)?.angle }
    let squares = angles.reduce(0) { $0 + $1 * $1 }
    return [MetricValue(.rms, rootMean(squares, over: Double(angles.count)))]
  }
}
