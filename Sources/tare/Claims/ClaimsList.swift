import Claims
import Failures
import Records
import Specification
import Terminal

/// The claims that there are, as `tare claims --list` shows them.
struct ClaimsList: Encodable {
  struct Entry: Encodable {
    let claim: Int
    let group: ClaimGroup
    let statement: String
    let source: String
    let networks: [String]
    /// Whether its tolerances are for MNIST.
    let needsMNIST: Bool
    let runs: Int
    let steps: Int
    /// On two cores, if it is judged alone.
    let expectedSeconds: Double
  }

  let claims: [Entry]

  init(_ claims: [any Claim], _ setting: (ClaimGroup) -> Setting) {
    self.claims = claims.map { claim in
      let work = ExpectedWork(of: claim, in: setting(claim.group))
      return Entry(
        claim: claim.number, group: claim.group, statement: claim.statement, source: claim.source,
        networks: NetworkSpec.Preset.predefined.filter(claim.isCalibrated).map(\.rawValue),
        needsMNIST: claim.group != .exact, runs: work.runs, steps: work.steps, expectedSeconds: work.seconds)
    }
  }

  /// By group, two lines a claim.
  var lines: [String] {
    ClaimGroup.allCases.flatMap { group -> [String] in
      let entries = claims.filter { $0.group == group }
      guard !entries.isEmpty else { return [] }
      return [Self.heading(group)] + entries.flatMap(Self.lines) + [""]
    } + [
      "Times are for two idle cores and one claim alone; claims of a group share runs.",
      Verdict.explanation,
    ]
  }

  private static func lines(_ entry: Entry) -> [String] {
    let number = "\(entry.claim)"
    return [
      String(repeating: " ", count: max(4 - number.count, 0)) + "\(number)  \(entry.statement)",
      "      \(entry.networks.joined(separator: ", ")); \(counted(entry.runs, "run")), about "
        + Numbers.duration(max(entry.expectedSeconds, 1)),
    ]
  }

  private static func heading(_ group: ClaimGroup) -> String {
    switch group {
    case .exact: "A, exact: one seed decides; any images"
    case .equilibrium:
      "B, equilibrium: averages over thousands of steps; calibrated on MNIST (--dataset mnist --data FOLDER)"
    case .outcome: "C, outcome: test errors over many seeds; calibrated on MNIST (--dataset mnist --data FOLDER)"
    }
  }
}
