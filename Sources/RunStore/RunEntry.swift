import Failures
package import Foundation
package import Records
import Specification

/// One run in the store.
package struct RunEntry: Hashable, Sendable {
  /// Its path below the store's root, or as requested.
  package let folder: String
  /// The sweep that it belongs to, if any.
  package let sweep: String?
  package let status: RunStatus
  /// Why it is not done.
  package let cause: String?
  package let started: Date
  package let ended: Date?
  /// The version that trained it.
  package let tare: String?
  package let specHash: String
  /// η of the weights before a normalization, before the schedule.
  package let learningRate: Double
  /// λ_d of the same weights: 2λ, or the decoupled decay.
  package let decay: Double
  package let result: RunResult?
  /// The resolved spec: text by path.
  package let fields: [String: String]

  package init(
    folder: String, sweep: String?, status: RunStatus, cause: String?, started: Date, ended: Date?, tare: String?,
    specHash: String, learningRate: Double, decay: Double, result: RunResult?, fields: [String: String]
  ) {
    self.folder = folder
    self.sweep = sweep
    self.status = status
    self.cause = cause
    self.started = started
    self.ended = ended
    self.tare = tare
    self.specHash = specHash
    self.learningRate = learningRate
    self.decay = decay
    self.result = result
    self.fields = fields
  }
}

extension RunEntry {
  /// The run in the folder at `path`, which becomes `folder`.
  ///
  /// - Throws: `RecordError` for a folder without a run, and for a record that this version cannot read.
  package init(at path: String) throws(RecordError) {
    let folder = try RunFolder(resuming: path)
    _ = try folder.readRecord()
    guard let entry = RunEntry(root: nil, folder: folder.path) else {
      throw RecordError(.content, "\(folder.record) holds no spec that this version of tare can read.")
    }
    self = entry
  }

  /// Whether the run's folder is below `root`, links on the way to it followed.
  package func isBelow(_ root: String) -> Bool {
    func real(_ path: String) -> String? {
      guard let resolved = unsafe realpath(path.isEmpty ? "." : path, nil) else { return nil }
      defer { unsafe free(resolved) }
      return unsafe String(cString: resolved)
    }
    // Where the folder's name stands is what a deletion changes.
    guard let root = real(root), let parent = real(UserPath(folder, home: nil).folder) else { return false }
    return root == "/" || parent.utf8.elementsEqual(root.utf8) || parent.utf8.starts(with: (root + "/").utf8)
  }

  /// Removes the run's folder.
  package func delete() throws(RecordError) {
    do { try FileManager.default.removeItem(atPath: folder) } catch {
      throw RecordError(.system(EIO), "Cannot remove \(folder): \(error.localizedDescription)")
    }
  }

  /// Reads `run.json` in the run's folder.
  ///
  /// - Returns: `nil` if this version cannot read the record.
  init?(root: String?, folder: String) {
    let path = (root.map { $0 + "/" } ?? "") + folder
    guard let record = RunRecord(inFolder: path), let spec = try? record.spec.decoded(as: RunSpec.self).resolved else {
      return nil
    }
    self.init(
      folder: folder, sweep: RunScan.sweep(of: folder, below: root),
      status: record.standing(inFolder: path), cause: record.cause, started: record.started,
      ended: record.ended, tare: record.versions["tare"], specHash: spec.specHash,
      learningRate: spec.learningRate, decay: spec.decay, result: record.runResult,
      fields: Dictionary(
        uniqueKeysWithValues: SpecField.all.map { ($0.path, $0.read(spec)) }.filter { $0.1 != .null }.map {
          ($0.0, $0.1.text)
        }))
  }
}
