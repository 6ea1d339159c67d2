package import Failures
import Foundation

/// What `claims.json` says of one claim.
package struct ReportClaim: Sendable, Encodable {
  package let claim: Int
  let statement: String
  let findings: [Finding]
  /// Whether everything that was judged holds; nothing judged is no success.
  package let holds: Bool

  /// One number, and what it was compared with.
  struct Finding: Sendable, Codable {
    let subject: String
    let expected: String
    let measured: String
    let tolerance: String
    /// `nil`: reported and not judged.
    let holds: Bool?
  }

  private struct File: Decodable {
    let claims: [Claim]

    struct Claim: Decodable {
      let claim: Int
      let statement: String
      let findings: [Finding]
    }
  }

  /// The claims in a folder that `tare claims` has written; none in others.
  ///
  /// - Throws: `UsageError` for a file that can't be read.
  package static func all(inFolder path: String) throws(UsageError) -> [ReportClaim] {
    guard let bytes = FileManager.default.contents(atPath: path + "/claims.json") else { return [] }
    guard let file = try? JSONDecoder().decode(File.self, from: bytes) else {
      throw UsageError(
        field: "run", "\(path)/claims.json is damaged or of another version; accepted: what tare claims writes.",
        exitCode: 65)
    }
    return file.claims.map { claim in
      let judged = claim.findings.compactMap(\.holds)
      return ReportClaim(
        claim: claim.claim, statement: claim.statement, findings: claim.findings,
        holds: !judged.isEmpty && judged.allSatisfy(\.self))
    }
  }
}
