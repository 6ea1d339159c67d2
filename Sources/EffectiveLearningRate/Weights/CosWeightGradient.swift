/// cos(w, g): 0 except for rounding and the normalization's ε if the weights are scale-invariant (Euler's theorem), so
/// its size verifies the invariance.
package enum CosWeightGradient: GroupMetric {
  package static let definition = MetricDefinition(
    name: "cosWeightGradient",
    definition: "⟨w, g⟩/(‖w‖‖g‖); extreme: farthest from 0 over groups and steps of the window",
    unit: "1", source: "Arora, Li and Lyu 2018, arXiv:1812.03981, Lemma 2.4", headline: .extreme)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let counted = windows.filter { $0.cosines > 0 }
    let extreme = counted.map(\.extremeCosine).max { abs($0) < abs($1) }
    let squares = counted.reduce(0) { $0 + $1.squaredCosines }
    return [
      MetricValue(.extreme, extreme),
      MetricValue(.rms, rootMean(squares, over: counted.reduce(0) { $0 + $1.cosines })),
    ]
  }
}
