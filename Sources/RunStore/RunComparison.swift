import EffectiveLearningRate
import Foundation
import Records

/// The differences between two runs.
package struct RunComparison {
  private let runs: [RunEntry]
  private let curves: [[Int: Double]]
  private let data: [DataSums]

  /// The most steps of a curve to show.
  private static let mostSteps = 12

  /// - Throws: `RecordError` for a run whose metrics cannot be read.
  package init(_ first: RunEntry, _ second: RunEntry) throws {
    runs = [first, second]
    data = runs.map { DataSums(RunRecord(inFolder: $0.folder)) }
    curves = try runs.map { run in
      try MetricsFile.rows(at: run.folder + "/metrics.csv").reduce(into: [:]) { curve, row in
        if row.metric == TrainLoss.name, row.layer.isEmpty, row.statistic == .mean { curve[row.step] = row.value }
      }
    }
  }

  /// A table of three columns: quantity, first run, second run.
  package var rows: [[String]] {
    var rows: [[String]] = []
    let paths = Set(runs.flatMap(\.fields.keys)).sorted()
    // The output folders are the table's header.
    for path in paths where path != "execution.output" && runs[0].fields[path] != runs[1].fields[path] {
      rows.append([path] + runs.map { $0.fields[path] ?? "–" })
    }
    for part in DataSums.parts(differingIn: data[0], data[1]) {
      rows.append(["\(part) SHA-256"] + data.map { $0.sums[part].map { String($0.prefix(16)) } ?? "–" })
    }
    for (name, number) in [("η", \RunEntry.learningRate), ("λ_d", \.decay)]
    where runs[0][keyPath: number] != runs[1][keyPath: number] {
      rows.append([name] + runs.map { String(format: "%.4g", $0[keyPath: number]) })
    }
    rows.append(["status"] + runs.map(\.status.rawValue))
    func add(_ name: String, _ number: (RunResult) -> Double?) {
      rows.append([name] + runs.map { $0.result.flatMap(number).map { String(format: "%.4g", $0) } ?? "–" })
    }
    add("testError", \.testError)
    add("testLoss", \.testLoss)
    add("trainLoss", \.trainLoss)
    let hashes = runs.map { $0.result?.weightsSHA256 }
    rows.append(["weights SHA-256"] + hashes.map { $0.map { String($0.prefix(16)) } ?? "–" })
    rows += layerRows
    for step in steps {
      rows.append(["trainLoss at step \(step)"] + curves.map { $0[step].map { String(format: "%.4g", $0) } ?? "–" })
    }
    return rows
  }

  /// Norm and effective learning rate of the layers that both have: the means over the runs and what they were at the lowest
  /// test error, as a schedule makes the last step's say little; the last step's where a record has no others.
  private var layerRows: [[String]] {
    let results = runs.compactMap(\.result)
    guard results.count == runs.count else { return [] }
    func row(_ name: String, _ numbers: [Double?]) -> [String] {
      [name] + numbers.map { $0.map { String(format: "%.4g", $0) } ?? "–" }
    }
    let paths = results.compactMap(\.path)
    guard paths.count == results.count else {
      return results[0].layers.flatMap { layer -> [[String]] in
        guard let other = results[1].layers.first(where: { $0.name == layer.name }) else { return [] }
        return [
          row("\(layer.name) ‖w‖, last step", [layer.norm, other.norm]),
          row("\(layer.name) effective rate, last step", [layer.effectiveLearningRate, other.effectiveLearningRate]),
        ]
      }
    }
    return [row("best step", paths.map { Double($0.bestStep) })]
      + paths[0].layers.flatMap { layer -> [[String]] in
        guard let other = paths[1].layers.first(where: { $0.name == layer.name }) else { return [] }
        let (means, best) = ([layer.mean, other.mean], [layer.best, other.best])
        return [
          row("\(layer.name) ‖w‖, mean", means.map(\.norm)), row("\(layer.name) ‖w‖, best step", best.map(\.norm)),
          row("\(layer.name) effective rate, mean", means.map(\.effectiveLearningRate)),
          row("\(layer.name) effective rate, best step", best.map(\.effectiveLearningRate)),
        ]
      }
  }

  /// Steps that both runs logged, thinned to at most `mostSteps`.
  private var steps: [Int] {
    let shared = Set(curves[0].keys).intersection(curves[1].keys).sorted()
    let stride = max(1, (shared.count + Self.mostSteps - 1) / Self.mostSteps)
    return shared.enumerated().filter { ($0.offset + 1).isMultiple(of: stride) || $0.offset == shared.count - 1 }.map(
      \.element)
  }
}
