import Foundation
import Records

/// Runs as CSV: one line per run, with a column for each field of the spec. Quoted as RFC 4180 requires.
package enum RunTable {
  package static func csv(of runs: [RunEntry]) -> String {
    let paths = Set(runs.flatMap(\.fields.keys)).sorted()
    let header =
      [
        "folder", "sweep", "status", "started", "ended", "testError", "bestTestError", "testLoss", "trainLoss",
        "seconds",
      ]
      + ["learningRate", "decay", "weightsSHA256", "specHash", "cause"] + paths
    let rows = runs.map { run in
      let result = run.result
      let numbers = [
        result?.testError, result?.bestTestError, result?.testLoss, result?.trainLoss, result?.seconds,
      ].map { $0.map { "\($0)" } ?? "" }
      let times = [run.started, run.ended].map { $0?.formatted(.iso8601) ?? "" }
      return [run.folder, run.sweep ?? "", run.status.rawValue] + times + numbers + [
        "\(run.learningRate)", "\(run.decay)", result?.weightsSHA256 ?? "", run.specHash, run.cause ?? "",
      ] + paths.map { run.fields[$0] ?? "" }
    }
    return ([header] + rows).map(CSV.line).joined()
  }
}
