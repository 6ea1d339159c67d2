extension Claims {
  /// Group C.
  package static let outcome: [any Claim] = [
    DecayIsItsRate(),
    ProjectionFlattensSweep(),
    OptimumShifts(),
    GammaBetaDecayIsIdle(),
    ControlIsNotInvariant(),
    BestErrorsAgree(),
    ScaleMatters(),
  ]
}
