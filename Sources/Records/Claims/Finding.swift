/// One comparison of an expected with a measured value.
package struct Finding: Hashable, Sendable, Codable {
  /// What was compared, such as `conv2, η 0.02, λ_d 0.05: angle / predicted angle`.
  package var subject: String
  package var expected: String
  /// The number compared; `nil` where there is none, such as for equality of bits.
  package var value: Double?
  /// The measurement as text, with its interval where it has one.
  package var measured: String
  package var tolerance: String
  /// `nil`: reported and not judged.
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
