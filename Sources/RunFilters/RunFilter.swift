package import Failures
import Foundation

/// A conjunction of terms such as `optimizer=adam l2<1e-3 name='first try'`.
package struct RunFilter: Hashable, Sendable {
  package enum Comparison: String, Hashable, Sendable, CaseIterable {
    // Longer operators first, so that the first match is the whole operator.
    case notEqual = "!="
    case atMost = "<="
    case atLeast = ">="
    case equal = "="
    case below = "<"
    case above = ">"
    /// The text contains it.
    case contains = "~"
  }

  package struct Term: Hashable, Sendable {
    package let column: RunColumn
    package let comparison: Comparison
    package let value: String
  }

  package let terms: [Term]

  /// All runs.
  package init() { terms = [] }

  /// - Throws: `UsageError` that names the term.
  package init(_ text: String) throws(UsageError) {
    var reader = TermReader(text)
    var terms: [Term] = []
    while let (name, comparison, value) = try reader.next() {
      let column = try RunColumn(named: name)
      terms.append(Term(column: column, comparison: comparison, value: try column.operand(value, of: comparison, name)))
    }
    self.terms = terms
  }
}

/// Divides a filter into names, operators and values; blanks may stand between them, and in quoted values.
private struct TermReader {
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  mutating func next() throws(UsageError) -> (name: String, RunFilter.Comparison, value: String)? {
    skipBlanks()
    guard !rest.isEmpty else { return nil }
    let term = rest
    let name = take { !$0.isWhitespace && !"!=<>~".contains($0) }
    skipBlanks()
    guard !name.isEmpty, let comparison = takeComparison() else { throw Self.invalid(term) }
    skipBlanks()
    guard let value = takeValue(), !value.isEmpty else { throw Self.invalid(term) }
    return (name, comparison, value)
  }

  private mutating func takeComparison() -> RunFilter.Comparison? {
    // As in many languages.
    if rest.hasPrefix("==") {
      rest = rest.dropFirst(2)
      return .equal
    }
    let known = RunFilter.Comparison.allCases
    guard let comparison = known.first(where: { rest.hasPrefix($0.rawValue) }) else { return nil }
    rest = rest.dropFirst(comparison.rawValue.count)
    return comparison
  }

  /// `nil` for a quote that does not end.
  private mutating func takeValue() -> String? {
    guard let quote = rest.first, quote == "'" || quote == "\"" else { return take { !$0.isWhitespace } }
    rest = rest.dropFirst()
    let value = take { $0 != quote }
    guard !rest.isEmpty else { return nil }
    rest = rest.dropFirst()
    return value
  }

  private mutating func take(_ isTaken: (Character) -> Bool) -> String {
    let taken = rest.prefix(while: isTaken)
    rest = rest[taken.endIndex...]
    return String(taken)
  }

  private mutating func skipBlanks() { rest = rest.drop(while: \.isWhitespace) }

  private static func invalid(_ term: Substring) -> UsageError {
    UsageError(
      field: "where",
      "--where \"\(term)\" is invalid; accepted: name, one of "
        + "\(RunFilter.Comparison.allCases.map(\.rawValue).joined(separator: " ")) and a value, such as optimizer=adam, "
        + "l2<1e-3 or name='first try'.")
  }
}
