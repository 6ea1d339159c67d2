extension Claims {
  /// Group C.
  package static let outcome: [any Claim] = [
    ProjectionFlattensSweep(),
    OptimumShifts(),
    GammaBetaDecayIsIdle(),
    ControlIsNotInvariant(),
    BestErrorsAgree(),
    ScaleMatters(),
  ]
}
