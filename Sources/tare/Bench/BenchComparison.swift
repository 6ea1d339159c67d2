import Benchmarks
import Foundation
import Records
import Terminal

/// A result beside an earlier one, figure by figure.
///
/// A figure has changed if its rounds then and now don't overlap: every round of one is better than every round of the other. With
/// n rounds on either side, chance alone does that to a figure with probability 2·n!²/(2n)!: once in 1716 figures for 7 rounds, once in 10 for 3.
package struct BenchComparison {
  package enum Change: String, Codable { case faster, slower, same = "no difference beyond the noise" }

  package struct Row: Encodable {
    let name: String
    let unit: String
    /// Medians.
    let before: Double
    let now: Double
    /// How many times as good.
    package let ratio: Double
    package let change: Change
  }

  let rows: [Row]
  /// Names of the figures that only one of the results has.
  let unmatched: [String]
  /// Why the results may not be comparable.
  let warnings: [String]

  init(of result: BenchResult, with earlier: BenchResult) {
    let before = Dictionary(earlier.figures.map { ($0.name, $0) }) { first, _ in first }
    let now = result.figures
    rows = now.compactMap { figure in before[figure.name].map { Row(figure, before: $0) } }
    let names = Set(now.map(\.name))
    unmatched =
      now.map(\.name).filter { before[$0] == nil } + earlier.figures.map(\.name).filter { !names.contains($0) }
    let facts: [(String, String, String)] = [
      ("processor", earlier.host.cpuModel, result.host.cpuModel),
      ("number of processors", "\(earlier.host.cores)", "\(result.host.cores)"),
      ("kernels", earlier.host.isa, result.host.isa), ("oneDNN", earlier.oneDNN, result.oneDNN),
      ("oneDNN's instruction set", earlier.oneDNNInstructionSet, result.oneDNNInstructionSet),
      ("seconds of a round", Numbers.short(earlier.seconds), Numbers.short(result.seconds)),
    ]
    warnings = facts.filter { $0.1 != $0.2 }.map { "\($0.0): \($0.1) then, \($0.2) now" }
  }

  var isAnySlower: Bool { rows.contains { $0.change == .slower } }

  /// - Parameter name: of the earlier result.
  func lines(besides name: String) -> [String] {
    var table = TextTable(header: ["", "then", "now", "", "times as good", ""])
    for row in rows {
      table.append([
        row.name, Numbers.short(row.before), Numbers.short(row.now), row.unit, String(format: "%.2f", row.ratio),
        row.change == .same ? "" : row.change.rawValue,
      ])
    }
    let counts = [Change.slower, .faster].map { change in "\(rows.count { $0.change == change }) \(change.rawValue)" }
    return ["", "Beside \(name)"] + warnings.map { "not the same: \($0)" } + (rows.isEmpty ? [] : table.lines)
      + ["\(counts.joined(separator: ", ")), of \(rows.count) figures; marked are those whose rounds don't overlap"]
      + (unmatched.isEmpty ? [] : ["in one of the results only: \(unmatched.joined(separator: "; "))"])
  }
}

extension BenchComparison.Row {
  package init(_ figure: BenchFigure, before: BenchFigure) {
    let (then, now) = (before.spread, figure.spread)
    let isHigher = now.min > then.max
    let isLower = now.max < then.min
    let isBetter = figure.isBetter == .higher ? isHigher : isLower
    (name, unit, self.before, self.now) = (figure.name, figure.unit, then.median, now.median)
    ratio = figure.isBetter == .higher ? now.median / then.median : then.median / now.median
    change = !isHigher && !isLower ? .same : isBetter ? .faster : .slower
  }
}
