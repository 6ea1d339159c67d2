import Foundation
import Terminal

/// The verdicts of one `tare claims`, for people and for programs.
package struct ClaimsReport: Hashable, Sendable, Codable {
  package var verdicts: [Verdict]
  /// Where the runs and this report lie.
  package var folder: String
  /// What it was judged on, such as `mnist, mlp, seeds 1 to 3`.
  package var setting: String

  package init(verdicts: [Verdict], folder: String, setting: String) {
    self.verdicts = verdicts
    self.folder = folder
    self.setting = setting
  }

  package var allHold: Bool { !verdicts.isEmpty && verdicts.allSatisfy(\.holds) }

  private enum Key: String, CodingKey { case allHold, claims, folder, setting }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    verdicts = try container.decode([Verdict].self, forKey: .claims)
    folder = try container.decode(String.self, forKey: .folder)
    setting = try container.decode(String.self, forKey: .setting)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(verdicts, forKey: .claims)
    try container.encode(allHold, forKey: .allHold)
    try container.encode(folder, forKey: .folder)
    try container.encode(setting, forKey: .setting)
  }

  /// One table a claim, and a line that sums up.
  package var lines: [String] {
    var lines: [String] = []
    for verdict in verdicts {
      lines.append("\(verdict.mark)  claim \(verdict.claim) (\(verdict.group.rawValue)): \(verdict.statement)")
      var table = TextTable(header: ["    compared", "expected", "measured", "tolerance", ""])
      for finding in verdict.findings {
        table.append([
          "    " + finding.subject, finding.expected, finding.measured, finding.tolerance, finding.mark,
        ])
      }
      lines += table.lines + [""]
    }
    return lines + [summary]
  }

  package var summary: String {
    let held = verdicts.count(where: \.holds)
    let red = verdicts.filter { !$0.holds }.map { "\($0.claim)" }.joined(separator: ", ")
    let seconds = Numbers.duration(verdicts.reduce(0) { $0 + $1.seconds })
    return "\(held) of \(verdicts.count) claims hold (\(setting); \(seconds))\(red.isEmpty ? "" : "; red: \(red)")"
  }

  /// The page that the run folder keeps.
  package var markdown: String {
    var lines = ["# The paper's claims, judged", "", summary + ".", ""]
    for verdict in verdicts {
      lines += [
        "## \(verdict.mark) \(verdict.claim). \(verdict.statement)", "",
        "Group \(verdict.group.rawValue); \(verdict.source); \(Numbers.duration(verdict.seconds)).", "",
        "| compared | expected | measured | tolerance | verdict |", "|---|---|---|---|---|",
      ]
      lines += verdict.findings.map { finding in
        let cells = [finding.subject, finding.expected, finding.measured, finding.tolerance, finding.mark]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }
}

extension Verdict {
  package var mark: String { holds ? "holds" : "FAILS" }
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
