import Foundation
import Records
package import Specification

extension RunSpec {
  /// The spec of the run in `folder`, changed by `layers`: what does not determine the bits may change, and so may the
  /// run's length.
  ///
  /// - Throws: `SpecError` or `RecordError` for a folder without a run, and for any other change.
  package init(resuming folder: String, layers: [[Assignment]]) throws {
    let record = try RunFolder(resuming: folder).readRecord()
    guard let spec = try? record.spec.decoded(as: RunSpec.self) else {
      throw RecordError(.content, "\(folder)/run.json holds no spec that this version of tare can read.")
    }
    self = spec
    for layer in layers { try apply(layer) }
    execution.output = folder
    try validate()
    try checkChange(from: spec)
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
