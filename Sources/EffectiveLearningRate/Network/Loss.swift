package import Parameters

/// What training minimizes, without penalties.
package enum TrainLoss: NetworkMetric {
  package static let definition = MetricDefinition(
    name: "trainLoss",
    definition: "cross-entropy, mean over the samples of the window, each at the weights of its step",
    unit: "nat", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .mean)

  package static func values(of window: NetworkWindow) -> [MetricValue] { [MetricValue(.mean, window.tally.loss)] }
}

package enum TrainError: NetworkMetric {
  package static let definition = MetricDefinition(
    name: "trainError", definition: "the fraction of the window's samples that are classified wrongly",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .mean)

  package static func values(of window: NetworkWindow) -> [MetricValue] { [MetricValue(.mean, window.tally.error)] }
}

package enum TestLoss: EvaluationMetric {
  package static let definition = MetricDefinition(
    name: "testLoss", definition: "cross-entropy, mean over the test images, with running statistics",
    unit: "nat", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .mean)

  package static func values(of tally: Tally) -> [MetricValue] { [MetricValue(.mean, tally.loss)] }
}

package enum TestError: EvaluationMetric {
  package static let definition = MetricDefinition(
    name: "testError", definition: "the fraction of the test images that are classified wrongly",
    unit: "1", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .mean)

  package static func values(of tally: Tally) -> [MetricValue] { [MetricValue(.mean, tally.error)] }
}
