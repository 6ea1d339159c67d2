/// The penalty terms of the objective. Networks with the same function can have any value of it.
package enum Penalty: NetworkMetric {
  package static let definition = MetricDefinition(
    name: "penalty",
    definition:
      "Σ λ‖w‖² over all trained tensors, each with the l2 of its group, before the window's last step; not part "
      + "of trainLoss, and without weightDecay, which belongs to no objective",
    unit: "nat", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .sum)

  package static func values(of window: NetworkWindow) -> [MetricValue] { [MetricValue(.sum, window.penalty)] }
}
