import EffectiveLearningRate
package import Records
package import Specification

/// The result of one run.
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

  /// Fraction of test images that the final weights misclassify; 1 if the run diverged.
  package var testError: Double { result?.testError ?? 1 }

  /// The elements of one tensor, `conv1.weight` for example, after the last step.
  ///
  /// - Throws: `RecordError` if the run has no such tensor.
  package func finalWeights(_ name: String) throws -> [Double] { try weights(name, of: "final") }

  /// The same before the first step.
  package func initialWeights(_ name: String) throws -> [Double] { try weights(name, of: "initial") }

  /// Every tensor's name, in the order of the network.
  package var tensorNames: [String] {
    get throws { try SafeTensorsFile("\(folder)/weights/final.safetensors").entries.map(\.name) }
  }

  private func weights(_ name: String, of moment: String) throws -> [Double] {
    let path = "\(folder)/weights/\(moment).safetensors"
    let file = try SafeTensorsFile(path)
    guard let entry = file.entry(named: name) else { throw RecordError(.content, "\(path) has no tensor \(name).") }
    return file.elements(of: entry, as: Double.self)
  }

  /// The mean training loss of every logging window, in nats.
  package var losses: [Double] { metrics.values(of: TrainLoss.name, statistic: .mean) }
}
