/// η, including the schedule.
package enum LearningRate: NetworkMetric {
  package static let definition = MetricDefinition(
    name: "learningRate", definition: "η of the weights in the window's last step, schedule included",
    unit: "η", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .last)

  package static func values(of window: NetworkWindow) -> [MetricValue] { [MetricValue(.last, window.learningRate)] }
}
