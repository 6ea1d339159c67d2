import Foundation
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
      holds: isJudged ? accepted.contains(estimate.value) : nil, accepted: accepted)
  }

  /// - Parameter accepted: what the tolerance amounts to, where it is an interval.
  init(
    _ subject: String, expected: String, _ estimate: Estimate, tolerance: String, holds: Bool?,
    accepted: ClosedRange<Double>? = nil
  ) {
    self.init(
      subject, expected: expected, value: estimate.value.isFinite ? estimate.value : nil,
      measured: text(estimate), tolerance: tolerance, holds: holds,
      marks: Self.marks(estimate, expected: Double(expected.replacing("−", with: "-")), accepted))
  }

  private static func marks(_ estimate: Estimate, expected: Double?, _ accepted: ClosedRange<Double>?)
    -> [ClaimPicture.Mark]
  {
    guard estimate.value.isFinite else { return [] }
    let interval = estimate.interval()
    let bounds = [accepted?.lowerBound, accepted?.upperBound].map { $0.flatMap { $0.isFinite ? $0 : nil } }
    return [
      .init(
        "measured", x: 0, measured: estimate.value, interval: interval.lowerBound.isFinite ? interval : nil,
        expected: expected, leastAccepted: bounds[0], greatestAccepted: bounds[1])
    ]
  }
}

extension Finding {
  /// A ratio to a prediction, drawn as what was measured over what was predicted.
  func scaled(_ series: String, by prediction: Double) -> Finding {
    var finding = self
    guard prediction.isFinite else {
      finding.marks = nil
      return finding
    }
    finding.marks = marks?.map { mark in
      ClaimPicture.Mark(
        series, x: prediction, measured: mark.measured * prediction,
        interval: mark.interval.map { $0.lowerBound * prediction...$0.upperBound * prediction }, expected: prediction,
        leastAccepted: holds == nil ? nil : mark.leastAccepted.map { $0 * prediction },
        greatestAccepted: holds == nil ? nil : mark.greatestAccepted.map { $0 * prediction })
    }
    return finding
  }

  /// Points along which a slope was estimated, beside the line of the expected slope through their middle; both axes are
  /// logarithmic.
  func drawn(_ series: String, along x: [Double], _ y: [Double], slope: Double) -> Finding {
    var finding = self
    let (middleX, middleY) = (mean(x), mean(y))
    let places = Set(x).sorted()
    guard y.allSatisfy(\.isFinite), !places.isEmpty else { return finding }
    finding.marks = places.map { place in
      let estimate = Estimate(meanOf: zip(x, y).filter { $0.0 == place }.map(\.1))
      let interval = estimate.interval()
      return ClaimPicture.Mark(
        series, x: exp(place), measured: exp(estimate.value),
        interval: interval.lowerBound.isFinite ? exp(interval.lowerBound)...exp(interval.upperBound) : nil,
        expected: exp(middleY + slope * (place - middleX)))
    }
    return finding
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
