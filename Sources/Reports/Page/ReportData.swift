import Foundation
import Optimization
package import Records
import Specification

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

  /// A run's row in the table, and its details.
  struct Row: Sendable, Encodable {
    let folder: String
    let status: RunStatus
    let cause: String?
    let values: [String]
    let testError: Double?
    let testLoss: Double?
    let trainLoss: Double?
    let steps: Int?
    let seconds: Double?
    let seed: Int
    let weights: String?
    let command: String
    let exponent: Int?
    let optimizer: String
  }

  package init(title: String, runs: [ReportRun], claims: [Verdict] = []) {
    self.title = title
    self.claims = claims
    // Runs of claims were trained for their comparisons: drawn like a sweep, they would say something else.
    figures =
      claims.isEmpty
      ? [Self.overlay(of: runs)].compactMap(\.self) + (ReportGrid(runs)?.figures ?? [])
      : ClaimFigures.figures(of: claims)
    versions = runs.first?.versions ?? [:]
    let varying = ReportGrid.varying(runs).filter { $0 != "seed" }
    let columns = varying.filter { $0 == "optimizer.name" } + varying.filter { $0 != "optimizer.name" }
    self.columns = columns
    self.runs = runs.map { run in
      Row(
        folder: run.folder, status: run.status, cause: run.cause, values: columns.map { run.fields[$0] ?? "" },
        testError: run.result?.testError, testLoss: run.result?.testLoss, trainLoss: run.result?.trainLoss,
        steps: run.result?.steps, seconds: run.result?.seconds, seed: run.spec.seed,
        weights: run.result?.weightsSHA256, command: run.commands.joined(separator: "\n"), exponent: run.exponent,
        optimizer: run.spec.optimizer.name.rawValue)
    }
  }

  private static func overlay(of runs: [ReportRun]) -> Figure? {
    guard runs.count <= RunOverlay.limit else { return nil }
    return RunOverlay.figure(
      runs.map { ($0, RunCurves(metricsAt: $0.folder + "/metrics.csv", points: 2000)) })
  }

  /// JSON that is safe inside a script element.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self).replacing("<", with: "\\u003c")
  }
}
