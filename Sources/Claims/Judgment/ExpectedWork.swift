import Specification

/// What a claim's experiment will ask of the laboratory, found by asking it: the runs, and how long they take.
package struct ExpectedWork: Hashable, Sendable {
  /// Different ones.
  package let runs: Int
  package let steps: Int
  /// On two cores; a run that another claim has trained already takes none of it.
  package let seconds: Double

  package init(of claim: any Claim, in setting: Setting) {
    let laboratory = CountingLaboratory()
    // What was never trained shows nothing, which may be an error to the claim.
    _ = try? claim.examine(in: laboratory, setting)
    let specs = Set(laboratory.specs)
    runs = specs.count
    steps = specs.reduce(0) { $0 + ($1.steps ?? 0) }
    // In one order, so that the sum is one number.
    seconds = specs.map(Self.seconds).sorted().reduce(0, +) / 2
  }

  /// Measured on one core of the machine that docs/training.md names, rounded up.
  private static func seconds(of spec: RunSpec) -> Double {
    let launch = spec.execution.launcher == .processes ? 1 : 0.05
    let images = Double((spec.steps ?? 0) * spec.batch)
    let perImage =
      switch (spec.network.preset, spec.precision) {
      case (.mlp, .float), (.mlp, .bfloat16): 25e-6
      case (.mlp, .double): 200e-6
      case (_, .float), (_, .bfloat16): 250e-6
      case (_, .double): 10e-3
      }
    return launch + images * perImage
  }
}

/// Trains nothing: every run has diverged before its first step.
private final class CountingLaboratory: Laboratory {
  private(set) var specs: [RunSpec] = []

  func train(_ specs: [RunSpec]) -> [Observation] {
    self.specs += specs
    return specs.map { Observation(spec: $0, folder: "", result: nil, metrics: MetricTable([])) }
  }
}
