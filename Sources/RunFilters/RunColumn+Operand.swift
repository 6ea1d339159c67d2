import Failures
import Foundation
import Records
import Specification

extension RunColumn {
  /// What the column's values are, and so what they can be compared with.
  enum Kind {
    case number, fraction, moment, text
    case names([String])
  }

  var kind: Kind {
    switch self {
    case .column("testError"), .column("bestTestError"): return .fraction
    case .column("started"), .column("ended"): return .moment
    case .column("status"): return .names(RunStatus.allCases.map(\.rawValue))
    case .column(let name): return Self.texts.contains(name) ? .text : .number
    case .field(let path):
      guard let field = SpecField.all.first(where: { $0.path == path }) else { return .text }
      return field.isNumeric ? .number : field.choices.isEmpty ? .text : .names(field.choices)
    }
  }

  /// The value of a term as the store compares it.
  ///
  /// - Throws: `UsageError` for a value that no run can have there.
  func operand(
    _ value: String, of comparison: RunFilter.Comparison, _ name: String
  ) throws(UsageError) -> String {
    guard comparison != .contains else { return value }
    func refusal(_ accepted: String) -> UsageError {
      UsageError(
        field: "where",
        "--where \"\(name)\(comparison.rawValue)\(value)\" compares with \"\(value)\"; accepted after "
          + "\(comparison.rawValue): \(accepted).")
    }
    switch kind {
    case .number:
      guard Double(value)?.isNaN == false else { throw refusal("a number") }
    case .fraction:
      guard value.hasSuffix("%") else {
        guard Double(value)?.isNaN == false else { throw refusal("a number, or a percentage such as 5%") }
        return value
      }
      guard let percent = Double(value.dropLast()), percent.isFinite else {
        throw refusal("a number, or a percentage such as 5%")
      }
      return "\(percent / 100)"
    case .moment:
      guard Double(value)?.isNaN != false else { return value }
      guard let moment = Self.moment(value) else { throw refusal("a time such as 2026-11-23 or 2026-11-23T18:08:41Z") }
      return "\(moment.timeIntervalSince1970)"
    case .text:
      guard comparison == .equal || comparison == .notEqual else {
        throw UsageError(
          field: "where", "--where \"\(name)\(comparison.rawValue)\(value)\": \(name) is text; accepted: = != ~.")
      }
    case .names(let names):
      guard comparison == .equal || comparison == .notEqual else {
        throw UsageError(
          field: "where", "--where \"\(name)\(comparison.rawValue)\(value)\": \(name) is a name; accepted: = != ~.")
      }
      if let known = Self.known(value, in: names, of: self) { return known }
      throw .unknown(name, value, accepted: names, field: "where")
    }
    return value
  }

  /// The name that the records have for `value`: itself, or what it is called now.
  private static func known(_ value: String, in names: [String], of column: RunColumn) -> String? {
    if names.contains(value) { return value }
    guard column == .field("optimizer.name") else { return nil }
    return OptimizerSpec.Name(rawValue: value)?.rawValue
  }

  private static func moment(_ text: String) -> Date? {
    (try? Date(text, strategy: .iso8601)) ?? (try? Date(text, strategy: .iso8601.year().month().day()))
  }
}
