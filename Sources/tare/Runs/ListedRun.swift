import Foundation
import Records
import RunStore

/// A run as `tare runs --json` shows it. What it has not is left out.
struct ListedRun: Encodable {
  let run: String
  let sweep: String?
  let status: RunStatus
  let cause: String?
  /// ISO 8601.
  let started: String
  let ended: String?
  /// The version that trained it.
  let tare: String?
  let specHash: String
  /// η.
  let learningRate: Double
  /// λ_d.
  let decay: Double
  let fields: [String: String]
  let result: RunResult?

  init(_ entry: RunEntry) {
    (run, sweep, status, cause) = (entry.folder, entry.sweep, entry.status, entry.cause)
    (started, ended) = (entry.started.formatted(.iso8601), entry.ended?.formatted(.iso8601))
    (tare, specHash, learningRate, decay) = (entry.tare, entry.specHash, entry.learningRate, entry.decay)
    (fields, result) = (entry.fields, entry.result)
  }
}
