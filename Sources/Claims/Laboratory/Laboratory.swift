package import Specification

/// Trains runs of the real system for experiments.
package protocol Laboratory {
  /// Trains all `specs`, several at a time, and returns their observations in the same order. A spec that was trained
  /// before is not trained again.
  ///
  /// A run that diverges is an observation; every other failure is thrown.
  func train(_ specs: [RunSpec]) throws -> [Observation]
}

extension Laboratory {
  package func train(_ spec: RunSpec) throws -> Observation {
    let observations = try train([spec])
    precondition(observations.count == 1, "one observation a spec")
    return observations[0]
  }
}
