package import Records

/// All claims, ordered by number.
package enum Claims {
  package static let all: [any Claim] = (exact + equilibrium + outcome).sorted { $0.number < $1.number }

  /// Tests `claims` one after another.
  ///
  /// - Parameter told: called with each verdict.
  package static func judge(
    _ claims: [any Claim], in laboratory: any Laboratory, _ setting: (ClaimGroup) -> Setting,
    told: (Verdict) -> Void = { _ in }
  ) throws -> [Verdict] {
    try claims.map { claim in
      let start = ContinuousClock.now
      let findings = try claim.examine(in: laboratory, setting(claim.group))
      let elapsed = start.duration(to: .now).components
      let verdict = Verdict(
        claim: claim.number, group: claim.group, statement: claim.statement, source: claim.source, findings: findings,
        picture: claim.picture,
        seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
      told(verdict)
      return verdict
    }
  }
}
