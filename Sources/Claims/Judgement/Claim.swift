package import Specification

/// A statement of the paper, or one that follows from it, as an experiment that judges itself.
///
/// A new claim is one file with a conforming value and one line in `Claims.all`.
package protocol Claim: Sendable {
  /// As in the list that the project's documentation keeps; unique.
  var number: Int { get }
  var group: ClaimGroup { get }
  /// What is claimed, as one sentence.
  var statement: String { get }
  /// Where it comes from.
  var source: String { get }

  /// Whether its tolerances mean something on this network.
  func isCalibrated(for network: NetworkSpec.Preset) -> Bool

  /// Carries the experiment out.
  ///
  /// - Returns: everything that was compared; the claim holds if all judged findings do.
  /// - Throws: what kept a run from ending, which is no verdict on the claim.
  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding]
}

extension Claim {
  /// What is exact is so everywhere; the others were calibrated on the small network.
  package func isCalibrated(for network: NetworkSpec.Preset) -> Bool { group == .exact || network == .mlp }
}

/// What kind of evidence a claim needs.
package enum ClaimGroup: String, Hashable, Sendable, Codable, CaseIterable {
  /// Exact: one deterministic run decides.
  case exact = "A"
  /// Equilibrium: averages over thousands of steps and several seeds.
  case equilibrium = "B"
  /// Outcome: test errors over many seeds.
  case outcome = "C"
}

/// What experiments are carried out on.
package struct Setting: Hashable, Sendable {
  /// The images and the network's preset; everything else is the claim's own affair.
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
