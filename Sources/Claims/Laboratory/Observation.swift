package import Coordination
package import Records

/// What one run left.
package struct Observation: Sendable {
  package let spec: RunSpec
  /// The run folder.
  package let folder: String
  /// `nil` if the run diverged.
  package let result: RunResult?
  package let metrics: MetricTable

  package init(spec: RunSpec, folder: String, result: RunResult?, metrics: MetricTable) {
    self.spec = spec
    self.folder = folder
    self.result = result
    self.metrics = metrics
  }

  /// Fraction of test images that the last weights get wrong; 1 if the run diverged.
  package var testError: Double { result?.testError ?? 1 }

  /// The mean training loss of every logging window, in nats.
  package var losses: [Double] { metrics.values(of: "trainLoss", statistic: "mean") }
}
