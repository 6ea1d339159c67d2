package import Records
package import Specification

/// A statement of the paper, or a consequence of it, as an experiment with a verdict.
///
/// A new claim is one file with a conforming value and one line in `Claims.all`.
package protocol Claim: Sendable {
  /// The number in docs/science.md; unique.
  var number: Int { get }
  var group: ClaimGroup { get }
  /// The claim as one sentence.
  var statement: String { get }
  /// Its source.
  var source: String { get }

  /// What its picture shows; the findings have the marks. One without a picture of its own has its comparisons side by side.
  var picture: ClaimPicture? { get }

  /// Whether its tolerances are calibrated for this network.
  func isCalibrated(for network: NetworkSpec.Preset) -> Bool

  /// Runs the experiment.
  ///
  /// - Returns: all comparisons; the claim holds if all judged findings do.
  /// - Throws: if a run fails, which says nothing about the claim.
  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding]
}

extension Claim {
  package var picture: ClaimPicture? { nil }

  /// Exact claims hold for any network; the others were calibrated on the small one.
  package func isCalibrated(for network: NetworkSpec.Preset) -> Bool { group == .exact || network == .mlp }
}

/// The images, network and repetitions of experiments.
package struct Setting: Hashable, Sendable {
  /// The images and the network preset; the claim determines everything else.
  package var dataset: DatasetSpec
  package var network: NetworkSpec.Preset
  /// Seeds to repeat a statistical experiment with: 1, 2, … `seeds`.
  package var seeds: Int
  /// Fewer steps and configurations, for a test suite; tolerances stay.
  package var isReduced: Bool
  /// How the exact experiments launch servers and workers; the others use threads.
  package var launcher = ExecutionSpec.Launcher.processes

  package init(
    dataset: DatasetSpec = DatasetSpec(), network: NetworkSpec.Preset = .mlp, seeds: Int, isReduced: Bool = false
  ) {
    self.dataset = dataset
    self.network = network
    self.seeds = seeds
    self.isReduced = isReduced
  }

  /// A run of this setting: constant η, one server, one worker, launched as threads.
  package func spec(_ change: (inout RunSpec) -> Void) -> RunSpec {
    var spec = RunSpec()
    spec.dataset = dataset
    spec.network.preset = network
    spec.execution.workers = 1
    spec.execution.launcher = .threads
    spec.execution.progress = .none
    change(&spec)
    return spec
  }
}
