package import Datasets
import Failures
import Foundation
package import Records
import RunDefinition
import Specification

// A resume goes on with the run that the folder holds, or names the first thing by which it would be another.
extension RunFolderRecorder {
  /// Compares the run with its record and its checkpoints, before anything is launched or changed.
  ///
  /// - Parameters:
  ///   - record: as the folder holds it.
  ///   - files: the data files as they are now.
  ///   - isBranch: whether the folder is a copy, of which only the checkpoints count.
  /// - Throws: `IdentityError` for the first thing that differs and may not, `SpecError` for a length that it has reached.
  package func checkResume(of record: RunRecord, files: [FileRecord], isBranch: Bool = false) throws {
    let newest = try newestManifest()
    if newest?.identity != nil, folder.isRecordIntact == nil {
      throw IdentityError(
        "\(folder.record) has lost the SHA-256 of its text; accepted: the file as the run left it.")
    }
    if !isBranch { try checkLength(of: record, newest) }
    if let newest { try check(newest) }
    if newest?.identity == nil { try checkFiles(files, of: record, since: newest?.step ?? 0) }
    try checkInitialWeights(newest)
    guard let newest, newest.identity == nil else { return }
    observer.warned(
      "run \(folder.path) was recorded by an earlier version of tare, which did not note its arithmetic and the hash of "
        + "metrics.csv: they are not compared")
  }

  private func checkLength(of record: RunRecord, _ newest: CheckpointManifest?) throws {
    let steps = definition.steps
    let trained = max(newest?.step ?? 0, record.status == .done ? record.runResult?.steps ?? 0 : 0)
    if record.status == .done, steps == trained {
      throw SpecError(
        field: "steps",
        "run \(folder.path) is done at step \(steps); accepted: --steps or --epochs beyond that, to train on.")
    }
    guard steps < trained else { return }
    throw SpecError(
      field: "steps",
      "steps or epochs make \(steps), but run \(folder.path) has trained \(trained); accepted: at least those, or "
        + "--branch with a new folder, which leaves the run as it is.")
  }

  /// What an earlier version recorded of its data.
  private func checkFiles(_ files: [FileRecord], of record: RunRecord, since step: Int) throws {
    guard let recorded = try? record.dataFiles?.decoded(as: [FileRecord].self),
      let difference = DataIdentity.difference(of: files, from: recorded)
    else { return }
    try note(
      IdentityError(
        "dataset.path \(definition.spec.dataset.path ?? "") holds other data: \(difference); accepted: the same files, or "
          + "--allow-other-data.", allowance: .otherData), since: step)
  }
}

extension RunRecord {
  /// With what a resume was allowed to change.
  func noting(_ changes: [String]) -> RunRecord {
    var record = self
    let all = (record.changes ?? []) + changes.filter { record.changes?.contains($0) != true }
    record.changes = all.isEmpty ? nil : all
    return record
  }
}
