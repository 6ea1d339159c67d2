/// What a claim's picture shows: the axes; the findings have the marks.
package struct ClaimPicture: Hashable, Sendable, Codable {
  package struct Axis: Hashable, Sendable, Codable {
    package var label: String
    package var isLogarithmic: Bool

    package init(_ label: String, logarithmic isLogarithmic: Bool = false) {
      (self.label, self.isLogarithmic) = (label, isLogarithmic)
    }
  }

  package var x: Axis
  package var y: Axis
  /// What one sees if the claim holds.
  package var caption: String

  package init(x: Axis, y: Axis, caption: String) { (self.x, self.y, self.caption) = (x, y, caption) }

  /// A measured number in the picture, beside what was expected there and what is accepted.
  package struct Mark: Hashable, Sendable, Codable {
    /// The legend's.
    package var series: String
    package var x: Double
    package var measured: Double
    /// Its interval of confidence.
    package var interval: ClosedRange<Double>?
    package var expected: Double?
    /// `nil` where any number is accepted on that side.
    package var leastAccepted: Double?
    package var greatestAccepted: Double?

    package init(
      _ series: String, x: Double, measured: Double, interval: ClosedRange<Double>? = nil, expected: Double? = nil,
      leastAccepted: Double? = nil, greatestAccepted: Double? = nil
    ) {
      (self.series, self.x, self.measured, self.interval) = (series, x, measured, interval)
      (self.expected, self.leastAccepted, self.greatestAccepted) = (expected, leastAccepted, greatestAccepted)
    }
  }
}
