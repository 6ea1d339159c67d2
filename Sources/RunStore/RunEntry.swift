package import Foundation
package import Records
import Specification

/// One run as the store knows it.
package struct RunEntry: Hashable, Sendable {
  /// Its path below the store's root, or as it was asked for.
  package let folder: String
  /// The sweep that it belongs to; `nil` for one by itself.
  package let sweep: String?
  /// `running`, `stopped` (nobody leads it, and it can be resumed), `done`, `failed`, `diverged` or `interrupted`.
  package let status: String
  /// Why it is not done.
  package let cause: String?
  package let started: Date
  package let ended: Date?
  /// The version that trained it.
  package let tare: String?
  package let specHash: String
  package let result: RunResult?
  /// The resolved spec: text by path.
  package let fields: [String: String]

  package init(
    folder: String, sweep: String?, status: String, cause: String?, started: Date, ended: Date?, tare: String?,
    specHash: String, result: RunResult?, fields: [String: String]
  ) {
    self.folder = folder
    self.sweep = sweep
    self.status = status
    self.cause = cause
    self.started = started
    self.ended = ended
    self.tare = tare
    self.specHash = specHash
    self.result = result
    self.fields = fields
  }
}

extension RunEntry {
  /// The run in the folder at `path`, which `folder` is then.
  ///
  /// - Throws: `RecordError` for a folder without one, and for a record that this version can't read.
  package init(at path: String) throws(RecordError) {
    let folder = try RunFolder(resuming: path)
    _ = try folder.readRecord()
    guard let entry = RunEntry(root: nil, folder: folder.path) else {
      throw RecordError(.content, "\(folder.record) holds no spec that this version of tare can read.")
    }
    self = entry
  }

  /// Removes the run's folder.
  package func delete() throws(RecordError) {
    do { try FileManager.default.removeItem(atPath: folder) } catch {
      throw RecordError(.system(EIO), "Cannot remove \(folder): \(error.localizedDescription)")
    }
  }

  /// Reads `run.json` in the run's folder.
  ///
  /// - Returns: `nil` for a file that holds no run which this version can read.
  init?(root: String?, folder: String) {
    let path = (root.map { $0 + "/" } ?? "") + folder
    guard let record = RunRecord(inFolder: path), let spec = try? record.spec.decoded(as: RunSpec.self).resolved else {
      return nil
    }
    let parts = folder.split(separator: "/")
    self.init(
      folder: folder, sweep: parts.count == 3 && parts[1] == "runs" ? String(parts[0]) : nil,
      status: record.standing(inFolder: path), cause: record.cause, started: record.started,
      ended: record.ended, tare: record.versions["tare"], specHash: spec.specHash, result: record.runResult,
      fields: Dictionary(
        uniqueKeysWithValues: SpecField.all.map { ($0.path, $0.read(spec)) }.filter { $0.1 != .null }.map {
          ($0.0, $0.1.text)
        }))
  }
}
