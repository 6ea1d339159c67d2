import Failures
package import Records
import Terminal

extension ClaimsRecord {
  /// The summary, a line for each claim that fits into `columns`, and where to read more.
  package func lines(columns: Int = 80) -> [String] {
    var table = TextTable(header: ["VERDICT", "CLAIM", "STATEMENT"], of: .words)
    for verdict in verdicts {
      table.append([verdict.mark, "\(verdict.group.rawValue) \(verdict.claim)", verdict.statement])
    }
    let more = "All comparisons: \(folder)/claims.md, or --verbose."
    return [summary, ""] + table.lines.map { TerminalText.fitted($0, to: columns) } + ["", more]
  }

  /// The summary, and a table for each claim.
  package var comparisons: [String] {
    var lines = [summary, ""]
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
    return hasReported ? lines + [Verdict.explanation] : Array(lines.dropLast())
  }

  private var hasReported: Bool { verdicts.contains { $0.findings.contains { $0.holds == nil } } }

  package var summary: String {
    let held = verdicts.count(where: \.holds)
    let red = verdicts.filter { !$0.holds }.map { "\($0.claim)" }.joined(separator: ", ")
    let seconds = Numbers.duration(verdicts.reduce(0) { $0 + $1.seconds })
    let holding = held == verdicts.count ? counted(held, "claim") : "\(held) of \(counted(verdicts.count, "claim"))"
    return
      "\(holding) \(held == 1 && verdicts.count == 1 ? "holds" : "hold") (\(setting); \(seconds))\(red.isEmpty ? "" : "; failed: \(red)")"
  }

  /// `claims.md`: the same numbers as a page.
  package var markdown: String {
    var lines = [
      "# The paper's claims, judged", "", summary + "." + (hasReported ? " " + Verdict.explanation : ""), "",
    ]
    for verdict in verdicts {
      lines += [
        "## \(verdict.mark) \(verdict.claim). \(verdict.statement)", "",
        "Group \(verdict.group.rawValue); \(verdict.source); \(Numbers.duration(verdict.seconds)).", "",
        "| no. | compared | expected | measured | tolerance | verdict |", "|---|---|---|---|---|---|",
      ]
      lines += verdict.findings.enumerated().map { index, finding in
        let cells = [
          "\(index + 1)", finding.subject, finding.expected, finding.measured, finding.tolerance, finding.mark,
        ]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }
}
