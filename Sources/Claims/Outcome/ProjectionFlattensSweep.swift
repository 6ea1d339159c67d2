package import Records

/// Claim 20: λ acts only through the effective rate: the test error varies with λ, but not if ‖w‖ is fixed.
///
/// The range of the means over seeds, in pooled standard deviations of one seed, at one η. For Adam λ enters its
/// moments even when projected, so its projected range is reported and not claimed.
package struct ProjectionFlattensSweep: Claim {
  package let number = 20
  package let group = ClaimGroup.outcome
  package let statement = "The test error depends on λ, and no longer does once the weights are projected."
  package let source = "van Laarhoven 2017, arXiv:1706.05350, section 5.5"

  package let picture: ClaimPicture? = ClaimPicture(
    x: .init("λ_d, decay per step", logarithmic: true), y: .init("test error, %"),
    caption:
      "Test error over λ at one η, means over seeds with their intervals: it has a range where weights are free, and "
      + "none where they are projected.")

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let free = sweep(.nesterov, Margins.Outcome.sweepRate, Margins.Outcome.decays, isProjected: false)
    let projected = sweep(.nesterov, Margins.Outcome.sweepRate, Margins.Outcome.projectedDecays, isProjected: true)
    let adam = sweep(.adam, Margins.Outcome.adamSweepRate, Margins.Outcome.projectedDecays, isProjected: true)
    let errors = try laboratory.errors(of: free + projected + adam, in: setting)
    return [
      finding("not projected", free, errors, in: Margins.Outcome.sweepRange ... .infinity),
      finding("projected", projected, errors, in: 0...Margins.Outcome.projectedRange),
      finding("projected", adam, errors, in: 0...Margins.Outcome.projectedRange, isJudged: false),
    ]
  }

  private func sweep(_ optimizer: Optimizer, _ rate: Double, _ decays: [Double], isProjected: Bool) -> [Recipe] {
    decays.map { Recipe(optimizer: optimizer, learningRate: rate, decay: $0, isProjected: isProjected) }
  }

  private func finding(
    _ words: String, _ sweep: [Recipe], _ errors: [Recipe: [Double]], in accepted: ClosedRange<Double>,
    isJudged: Bool = true
  ) -> Finding {
    let columns = sweep.map { errors[$0] ?? [] }
    let means = columns.map(mean)
    let spread = SpreadInSeeds(of: columns)
    return Finding(
      "\(sweep[0].optimizer.rawValue), η \(sweep[0].learningRate), \(words): range of errors over λ_d / seed's deviation",
      expected: words == "projected" ? "small" : "large", value: spread.value.isFinite ? spread.value : nil,
      measured:
        "\(text(spread.value)) (\(text(100 * (means.min() ?? .nan))) to \(text(100 * (means.max() ?? .nan))) %)",
      tolerance: "\(text(accepted.lowerBound)) to \(text(accepted.upperBound))",
      holds: isJudged ? accepted.contains(spread.value) : nil,
      marks: errorMarks("\(sweep[0].optimizer.rawValue), \(words)", sweep.map(\.decay), columns))
  }
}

/// Test errors in percent, mean and interval over seeds.
func errorMarks(_ series: String, _ x: [Double], _ columns: [[Double]]) -> [ClaimPicture.Mark] {
  zip(x, columns).compactMap { x, errors in
    let estimate = Estimate(meanOf: errors.map { 100 * $0 })
    guard estimate.value.isFinite else { return nil }
    let interval = estimate.interval()
    return ClaimPicture.Mark(
      series, x: x, measured: estimate.value, interval: interval.lowerBound.isFinite ? interval : nil)
  }
}

/// The range of several means, in standard deviations of one repetition.
struct SpreadInSeeds {
  let value: Double

  init(of columns: [[Double]]) {
    let means = columns.map(mean)
    let range = (means.max() ?? .nan) - (means.min() ?? .nan)
    let deviation = pooledStandardDeviation(columns)
    // With one seed, or no variance within columns, any range is infinitely many deviations, and no range is 0.
    value = deviation > 0 ? range / deviation : range == 0 ? 0 : .infinity
  }
}
