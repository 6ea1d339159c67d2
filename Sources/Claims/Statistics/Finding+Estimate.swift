import Records
import Terminal

extension Finding {
  /// The mean of `values`, one for each seed, which must lie in `accepted`.
  ///
  /// - Parameter isJudged: `false` only reports.
  init(
    _ subject: String, expected: String, meanOf values: [Double], in accepted: ClosedRange<Double>,
    isJudged: Bool = true
  ) {
    let estimate = Estimate(meanOf: values)
    self.init(
      subject, expected: expected, estimate, tolerance: "\(text(accepted.lowerBound)) to \(text(accepted.upperBound))",
      holds: isJudged ? accepted.contains(estimate.value) : nil)
  }

  init(_ subject: String, expected: String, _ estimate: Estimate, tolerance: String, holds: Bool?) {
    self.init(
      subject, expected: expected, value: estimate.value.isFinite ? estimate.value : nil,
      measured: text(estimate), tolerance: tolerance, holds: holds)
  }
}

/// Four significant digits.
func text(_ value: Double) -> String { Numbers.short(value) }

/// The value and its confidence interval.
func text(_ estimate: Estimate) -> String {
  guard estimate.standardError > 0 else { return text(estimate.value) }
  let interval = estimate.interval()
  return "\(text(estimate.value)) [\(text(interval.lowerBound)), \(text(interval.upperBound))]"
}

/// 1 ± tolerance
func about(_ value: Double, _ tolerance: Double) -> ClosedRange<Double> { value - tolerance...value + tolerance }
