package import Datasets
import NeuralNetwork
import Parameters
import RunDefinition
package import Specification

extension SweepRun {
  /// Number of weights from which a run gets its own processes.
  ///
  /// Starting a process takes tens of milliseconds, which matters for a small run. A large run takes hundreds of
  /// megabytes, which its processes return when they end, and a crash does not affect other runs.
  private static let processWeights = 1_000_000

  /// The spec, with a launcher chosen by size unless the plan gives one.
  ///
  /// - Throws: `DatasetError` or `SpecError` for an impossible run.
  package func launchable(_ datasets: DatasetCache) throws -> RunSpec {
    guard !given.contains("execution.launcher"), spec.execution.hosts == nil else { return spec }
    let images = try DatasetSummary(datasets.dataset(DatasetRequest(spec.dataset)))
    let weights = try RunDefinition(spec: spec.resolved, images: images).architecture.layout.count
    var spec = spec
    spec.execution.launcher = weights < Self.processWeights ? .threads : .processes
    return spec
  }
}
