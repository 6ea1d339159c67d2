import Foundation
import Records
import RunDefinition
package import Specification

extension RunSpec {
  /// The spec of the run in `folder`, changed by `layers`: what does not determine the bits may change, and so may the
  /// run's length.
  ///
  /// - Throws: `SpecError`, `RecordError` or `IdentityError` for a folder without a run, a record that was changed, and for
  ///   any other change.
  package init(resuming folder: String, layers: [[Assignment]]) throws {
    let run = try RunFolder(resuming: folder)
    let record = try run.readRecord()
    guard record.measured == nil else {
      throw RecordError(
        .content, "\(run.path) holds measured checkpoints, which cannot be trained; the folder of a run is accepted.")
    }
    guard let spec = try? record.spec.decoded(as: RunSpec.self) else {
      throw RecordError(.content, "\(run.record) holds no spec that this version of tare can read.")
    }
    if run.isRecordIntact == false { throw spec.change(in: run) }
    self = spec.asAsked(by: record)
    let before = self
    for layer in layers { try apply(layer) }
    execution.output = run.path
    try validate()
    try checkChange(from: before)
  }

  /// How this spec of a record that is not what was written differs from that of the newest checkpoint.
  private func change(in run: RunFolder) -> IdentityError {
    let store = CheckpointStore(runFolder: run.path)
    for step in ((try? store.steps) ?? []).reversed() {
      guard let recorded = try? store.manifest(step: step).identity?.decoded(as: RunIdentity.self).spec else {
        continue
      }
      guard let field = SpecField.all.first(where: { $0.read(self) != $0.read(recorded) }) else { break }
      return IdentityError(
        "\(run.record) was changed after it was written: its \(field.path) is \(field.read(self).text), and that of the "
          + "checkpoint of step \(step) is \(field.read(recorded).text); accepted: the file as the run left it.")
    }
    return IdentityError(
      "\(run.record) was changed after it was written: its text does not have the SHA-256 that it names; accepted: the "
        + "file as the run left it.")
  }

  /// This resolved spec, with what it left to Tare where the bits do not depend on it: `auto` may become something else in
  /// another process.
  private func asAsked(by record: RunRecord) -> RunSpec {
    var spec = self
    if let asked = try? record.asked?.decoded(as: RunSpec.self) {
      spec.execution.transport = asked.execution.transport
      return spec
    }
    // A record of an earlier version holds only what it became.
    spec.execution.transport = .auto
    if spec.resolved.execution.transport != execution.transport { spec.execution.transport = execution.transport }
    return spec
  }

  private func checkChange(from before: RunSpec) throws(SpecError) {
    let (old, new) = (before.resolved, resolved)
    let isLonger = (old.steps, old.epochs) != (new.steps, new.epochs)
    // Also what was asked for and would have no effect, because the record says it for each group of parameters.
    for field in SpecField.all
    where field.determinesBits && (field.read(old) != field.read(new) || asks(for: field, unlike: before)) {
      guard field.path == "steps" || field.path == "epochs" else {
        throw SpecError(
          field: field.path,
          "\(field.path) is \(field.read(self).text), but the run to resume has \(field.read(old).text); accepted: fields "
            + "that don't change the weights (tare fields marks them with *), steps and epochs.")
      }
    }
    guard isLonger, schedule.name == .cosine else { return }
    throw SpecError(
      field: "steps",
      "steps or epochs changes, but schedule cosine depends on the run's length; accepted with a resumed run: the length "
        + "that it had, or another schedule from the start.")
  }

  private func asks(for field: SpecField, unlike before: RunSpec) -> Bool {
    let asked = field.read(self)
    return asked != .null && asked != field.read(before)
  }
}
