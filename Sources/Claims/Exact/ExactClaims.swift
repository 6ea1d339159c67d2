extension Claims {
  /// Group A.
  static let exact: [any Claim] = [
    ForwardInvariance(), PenaltyScaling(), GradientScaling(), EffectiveRateExponents(), StepLaws(),
    NormGrowthWithoutDecay(), DecayIsExponentialRate(), EffectiveRateTransplant(), ProjectionFixesTheNorm(),
    DistributedIsSerial(), JointInvariance(), OtherNormalizations(),
  ]
}
