package import Datasets
import NeuralNetwork
import Parameters
import RunDefinition
package import Specification

extension SweepRun {
  /// Weights from which on a run has processes of its own.
  ///
  /// A process costs some tens of milliseconds, which a small run would feel. A large one takes hundreds of megabytes: a
  /// process gives them back when it ends, and takes nobody along if it fails.
  private static let processWeights = 1_000_000

  /// The spec, with the launcher that suits the run where nobody has given one.
  ///
  /// - Throws: `DatasetError` or `SpecError` for a run that can't be.
  package func launchable(_ datasets: DatasetCache) throws -> RunSpec {
    guard !given.contains("execution.launcher") else { return spec }
    let images = try DatasetSummary(datasets.dataset(DatasetRequest(spec.dataset)))
    let weights = try RunDefinition(spec: spec.resolved, images: images).architecture.layout.count
    var spec = spec
    spec.execution.launcher = weights < Self.processWeights ? .threads : .processes
    return spec
  }
}
