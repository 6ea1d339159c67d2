import Foundation
import Optimization
import Parameters
package import Records
import RunFilters
import Specification
import Synchronization

/// Everything that a report page shows. The page's script draws it, again whenever it changes.
package struct ReportData: Sendable, Encodable {
  /// Such as `Sweep paper`.
  package let title: String
  package let figures: [Figure]
  let runs: [Row]
  package let claims: [Verdict]
  let versions: [String: String]
  /// Columns of the table beside the fixed ones: fields that vary.
  package let columns: [String]
  /// The fields that are alike in all runs, and what a filter may name.
  let fields: [String: String]
  let schema = FilterSchema()

  /// A run's row in the table, and its details.
  struct Row: Sendable, Encodable {
    let folder: String
    let status: RunStatus
    let cause: String?
    let values: [String]
    let testError: Double?
    let bestTestError: Double?
    let testLoss: Double?
    let trainLoss: Double?
    let steps: Int?
    let seconds: Double?
    let seed: Int
    let weights: String?
    let command: String
    let exponent: Int?
    /// Of another trainer's weights, of which data, network and results are not known.
    let isMeasured: Bool
    let optimizer: String
    let name: String?
    let dataset: String
    let network: String
    let normalization: String
    let eta: Double
    let decay: Double
    let planned: Int?
    /// What was measured of it, over its whole path.
    let rate: Double?
    let angle: Double?
    /// Whether its norms have reached their equilibrium, in words.
    let equilibrium: String?
    /// What a filter compares: the fields that differ between the runs, and the columns.
    let fields: [String: String]
    let record: [String: String]
  }

  /// - Parameter reader: what reads the curves; `CurvesText` with the same one does not read them again.
  package init(title: String, runs: [ReportRun], claims: [Verdict] = [], reader: ReportReader = ReportReader()) {
    let curves = Self.curves(of: runs, reader)
    let runs = zip(runs, curves).enumerated().map { place, entry in
      var run = entry.0
      run.place = place
      (run.measuredRate, run.measuredAngle) = (entry.1.pathMean(.rate), entry.1.pathMean(.angle))
      return run
    }
    self.title = title
    self.claims = claims
    // Runs of claims were trained for their comparisons: drawn like a sweep, they would say something else.
    let drawn = zip(runs, curves).filter { !$0.0.isOfClaim }
    figures =
      [RunOverlay.figure(Array(drawn))].compactMap(\.self) + (ReportGrid(drawn.map(\.0))?.figures ?? [])
      + ClaimFigures.figures(of: claims)
    versions = runs.first?.versions ?? [:]
    let varying = ReportGrid.varying(runs).filter { $0 != "seed" }
    let columns = varying.filter { $0 == "optimizer.name" } + varying.filter { $0 != "optimizer.name" }
    self.columns = columns
    let common = Self.common(runs.map(\.allFields))
    fields = common
    self.runs = runs.map { run in
      Row(
        folder: run.folder, status: run.status, cause: run.cause, values: columns.map { run.fields[$0] ?? "" },
        testError: run.result?.testError, bestTestError: run.result?.bestTestError, testLoss: run.result?.testLoss,
        trainLoss: run.result?.trainLoss,
        steps: run.result?.steps, seconds: run.result?.seconds, seed: run.spec.seed,
        weights: run.result?.weightsSHA256, command: run.commands.joined(separator: "\n"), exponent: run.exponent,
        isMeasured: run.isMeasured,
        optimizer: run.spec.optimizer.name.rawValue, name: run.spec.execution.name,
        dataset: run.spec.dataset.name.rawValue, network: run.spec.network.preset.rawValue,
        normalization: run.spec.normalization.rawValue, eta: run.learningRate, decay: run.decay,
        planned: run.spec.steps,
        rate: run.measuredRate, angle: run.measuredAngle, equilibrium: EquilibriumNote(curves[run.place])?.text,
        fields: run.allFields.filter { common[$0.key] == nil }, record: run.columns)
    }
  }

  /// The entries that all have, with the same value.
  private static func common(_ all: [[String: String]]) -> [String: String] {
    all.dropFirst().reduce(all.first ?? [:]) { common, own in common.filter { own[$0.key] == $0.value } }
  }

  private static func curves(of runs: [ReportRun], _ reader: ReportReader) -> [RunCurves] {
    let points = CurvesText.windowsRead(runs: runs.count)
    let curves = Mutex([RunCurves?](repeating: nil, count: runs.count))
    DispatchQueue.concurrentPerform(iterations: runs.count) { index in
      let read = reader.curves(inFolder: runs[index].folder, points: points)
      curves.withLock { $0[index] = read }
    }
    return curves.withLock { $0.compactMap(\.self) }
  }

  /// JSON that is safe inside a script element.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self).replacing("<", with: "\\u003c")
  }
}
