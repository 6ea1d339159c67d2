/// One comparison of what was expected with what was measured.
package struct Finding: Hashable, Sendable, Codable {
  /// What was compared, such as `conv2, η 0.02, λ_d 0.05: angle / predicted angle`.
  package var subject: String
  package var expected: String
  /// The number that decides; `nil` where there is none, such as equality of bits.
  package var value: Double?
  /// The same for people, with its interval where it has one.
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

/// What a claim came to.
package struct Verdict: Hashable, Sendable, Codable {
  package var claim: Int
  package var group: ClaimGroup
  package var statement: String
  package var source: String
  package var findings: [Finding]
  /// Seconds that the experiment took.
  package var seconds: Double

  /// Whether everything that was judged holds; nothing judged is no success.
  package var holds: Bool {
    let judged = findings.compactMap(\.holds)
    return !judged.isEmpty && judged.allSatisfy { $0 }
  }

  package init(
    claim: Int, group: ClaimGroup, statement: String, source: String, findings: [Finding], seconds: Double
  ) {
    self.claim = claim
    self.group = group
    self.statement = statement
    self.source = source
    self.findings = findings
    self.seconds = seconds
  }
}
