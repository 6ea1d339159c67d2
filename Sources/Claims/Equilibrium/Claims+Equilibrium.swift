extension Claims {
  /// Group B.
  package static let equilibrium: [any Claim] = [
    AngleIsPredicted(),
    NormIsPredicted(),
    NormFollowsDecay(),
    RidgeIsFlat(),
    RateForgetsEta(),
    StartIsForgotten(),
    LayersAreBalanced(),
    BatchKeepsAngle(),
    FirstStepsCount(),
    NormGrowsFreely(),
    StalenessLengthens(),
  ]
}
