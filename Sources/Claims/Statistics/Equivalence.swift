extension Estimate {
  /// The larger p value of the two one-sided t tests (TOST) that the true value lies above −`margin` and below
  /// `margin`. Equivalence is shown if it is below the level, that is, if the 1 − 2·level confidence interval lies
  /// inside ±`margin`.
  ///
  /// Together with `init(pairedDifference:_:)` or `init(difference:_:)` this is the paired or Welch's form.
  ///
  /// - Source: Schuirmann 1987, doi:10.1007/BF01068419.
  package func equivalence(within margin: Double) -> Double {
    guard standardError > 0 else { return abs(value) < margin ? 0 : 1 }
    let t = StudentT(degreesOfFreedom: degreesOfFreedom)
    return max(t.upperTail((value + margin) / standardError), t.upperTail((margin - value) / standardError))
  }
}
