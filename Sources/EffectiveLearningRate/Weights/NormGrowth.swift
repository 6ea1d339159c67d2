/// The smallest growth of ‖w‖²: without decay and projection it is never negative except for rounding.
package enum NormGrowth: GroupMetric {
  package static let definition = MetricDefinition(
    name: "normGrowth",
    definition: "the least (‖w_{t+1}‖² − ‖w_t‖²)/‖w_t‖² over groups and steps, from the measured norms of successive "
      + "steps; at least 0 for SGD at λ = 0",
    unit: "1", source: "Arora, Li and Lyu 2018, arXiv:1812.03981, Lemma 2.4", headline: .min)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    [MetricValue(.min, windows.filter { $0.transitions > 0 }.map(\.leastGrowth).min())]
  }
}
