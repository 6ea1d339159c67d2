package import Failures
import Specification

/// A key to filter and sort runs by: a column of the store, or a field of the spec.
package enum RunColumn: Hashable, Sendable {
  case column(String)
  case field(String)

  /// The columns of table `run` that a filter may name; the last ones hold text.
  package static let columns =
    [
      "testError", "bestTestError", "testLoss", "trainLoss", "learningRate", "decay", "seconds", "imagesPerSecond",
      "started", "ended",
    ] + texts
  package static let texts = ["folder", "sweep", "status", "cause", "tare", "specHash", "weightsSHA256"]

  /// By the column's name, the field's path, or its flag without the dashes.
  ///
  /// - Throws: `UsageError` with the nearest name.
  package init(named name: String) throws(UsageError) {
    if Self.columns.contains(name) {
      self = .column(name)
    } else if let field = SpecField.all.first(where: { $0.path == name || $0.flags.contains(name) }) {
      self = .field(field.path)
    } else if let field = SpecField.known(name) {
      self = .field(field.path)
    } else {
      throw .unknown("column", name, accepted: Self.columns + SpecField.all.map(\.path), field: "where")
    }
  }
}
