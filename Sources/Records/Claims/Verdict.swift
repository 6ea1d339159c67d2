/// The result of one claim.
package struct Verdict: Hashable, Sendable {
  package var claim: Int
  package var group: ClaimGroup
  package var statement: String
  package var source: String
  package var findings: [Finding]
  /// `nil` in records of earlier versions.
  package var picture: ClaimPicture?
  /// Seconds that the experiment took.
  package var seconds: Double

  /// Whether all judged findings hold; false if there are none.
  package var holds: Bool {
    let judged = findings.compactMap(\.holds)
    return !judged.isEmpty && judged.allSatisfy { $0 }
  }

  package init(
    claim: Int, group: ClaimGroup, statement: String, source: String, findings: [Finding], picture: ClaimPicture? = nil,
    seconds: Double
  ) {
    self.claim = claim
    self.group = group
    self.statement = statement
    self.source = source
    self.findings = findings
    self.picture = picture
    self.seconds = seconds
  }

  package var mark: String { holds ? "holds" : "FAILS" }
}

extension Verdict: Codable {
  private enum CodingKeys: String, CodingKey { case claim, group, statement, source, findings, picture, seconds, holds }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      claim: try container.decode(Int.self, forKey: .claim),
      group: try container.decode(ClaimGroup.self, forKey: .group),
      statement: try container.decode(String.self, forKey: .statement),
      source: try container.decode(String.self, forKey: .source),
      findings: try container.decode([Finding].self, forKey: .findings),
      picture: try container.decodeIfPresent(ClaimPicture.self, forKey: .picture),
      seconds: try container.decode(Double.self, forKey: .seconds))
  }

  /// Includes `holds`, although it follows from the findings, for readers in other languages.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(claim, forKey: .claim)
    try container.encode(group, forKey: .group)
    try container.encode(statement, forKey: .statement)
    try container.encode(source, forKey: .source)
    try container.encode(findings, forKey: .findings)
    try container.encodeIfPresent(picture, forKey: .picture)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(holds, forKey: .holds)
  }
}
