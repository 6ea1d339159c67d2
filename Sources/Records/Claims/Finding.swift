/// One comparison of an expected with a measured value.
package struct Finding: Hashable, Sendable, Codable {
  /// What was compared, such as `conv2, η 0.02, λ_d 0.05: angle / predicted angle`.
  package var subject: String
  package var expected: String
  /// The number compared; `nil` if there is none, as in a bitwise comparison.
  package var value: Double?
  /// The measurement as text, with its confidence interval if it has one.
  package var measured: String
  package var tolerance: String
  /// `nil` if the finding is reported only.
  package var holds: Bool?

  package init(
    _ subject: String, expected: String, value: Double? = nil, measured: String, tolerance: String, holds: Bool?
  ) {
    self.subject = subject
    self.expected = expected
    self.value = value
    self.measured = measured
    self.tolerance = tolerance
    self.holds = holds
  }
}

extension Finding {
  package var mark: String {
    switch holds {
    case true: "holds"
    case false: "FAILS"
    case nil: "reported"
    }
  }
}
