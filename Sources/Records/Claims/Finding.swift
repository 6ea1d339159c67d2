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
  /// Of the claim's picture; `nil` in records of earlier versions.
  package var marks: [ClaimPicture.Mark]?

  package init(
    _ subject: String, expected: String, value: Double? = nil, measured: String, tolerance: String, holds: Bool?,
    marks: [ClaimPicture.Mark] = []
  ) {
    self.subject = subject
    self.expected = expected
    self.value = value
    self.measured = measured
    self.tolerance = tolerance
    self.holds = holds
    self.marks = marks.isEmpty ? nil : marks
  }
}

extension Finding {
  /// With the marks where they belong in the claim's picture, instead of by themselves.
  package func drawn(_ series: String, x: Double) -> Finding {
    var finding = self
    finding.marks = marks?.map { mark in
      var mark = mark
      (mark.series, mark.x) = (series, x)
      return mark
    }
    return finding
  }

  package var mark: String {
    switch holds {
    case true: "holds"
    case false: "FAILS"
    case nil: "reported"
    }
  }
}

extension Verdict {
  /// Of the marks, for people.
  package static let explanation =
    "\"reported\" beside a comparison means that it is shown and not judged."
}
