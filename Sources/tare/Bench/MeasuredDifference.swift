import Claims
import Foundation

/// A difference of measurements, one a round, with how far it is certain: what is smaller than its uncertainty is noise.
package struct MeasuredDifference: Hashable, Sendable {
  /// Mean over the rounds.
  package let value: Double
  /// Half the interval that covers the truth with 95 % (Student's t); `nil` for one round, which says nothing about it.
  package let uncertainty: Double?
  package let rounds: Int

  /// `nil` for no rounds.
  package init?(of differences: [Double]) {
    guard !differences.isEmpty else { return nil }
    let estimate = Estimate(meanOf: differences)
    value = estimate.value
    uncertainty = differences.count > 1 ? estimate.interval().upperBound - estimate.value : nil
    rounds = differences.count
  }

  /// Whether 0 lies outside the interval.
  package var isDistinguishable: Bool { uncertainty.map { abs(value) > $0 } ?? false }

  /// `12.3 ± 0.4 ms`; `not distinguishable from 0: −0.4 ± 1.2 ms`.
  ///
  /// - Parameter scale: multiplies the numbers, such as 100 for percent.
  package func text(unit: String, scale: Double = 1) -> String {
    let number = Self.text(value * scale)
    guard let uncertainty else { return "\(number) \(unit) in one round, which is not enough to tell it from 0" }
    let text = "\(number) ± \(Self.text(uncertainty * scale)) \(unit)"
    return isDistinguishable ? text : "not distinguishable from 0: \(text)"
  }

  /// With one decimal and a minus sign.
  private static func text(_ value: Double) -> String {
    String(format: "%.1f", value).replacing("-", with: "−").replacing("−0.0", with: "0.0")
  }
}

extension MeasuredDifference: Codable {
  private enum CodingKeys: String, CodingKey { case value, uncertainty, rounds, isDistinguishable }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    value = try container.decode(Double.self, forKey: .value)
    uncertainty = try container.decodeIfPresent(Double.self, forKey: .uncertainty)
    rounds = try container.decode(Int.self, forKey: .rounds)
  }

  /// With `isDistinguishable`, for readers of other languages.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(value, forKey: .value)
    try container.encode(uncertainty, forKey: .uncertainty)
    try container.encode(rounds, forKey: .rounds)
    try container.encode(isDistinguishable, forKey: .isDistinguishable)
  }
}
