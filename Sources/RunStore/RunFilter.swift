package import Failures

/// A conjunction of terms such as `optimizer=adam l2<1e-3 status!=failed`.
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
    var terms: [Term] = []
    for word in text.split(whereSeparator: \.isWhitespace) { terms.append(try Self.term(word)) }
    self.terms = terms
  }

  private static func term(_ word: Substring) throws(UsageError) -> Term {
    let signs = Comparison.allCases.compactMap { comparison in
      word.firstRange(of: comparison.rawValue).map { (comparison, $0) }
    }
    guard
      let (comparison, range) = signs.min(by: {
        ($0.1.lowerBound, -$0.0.rawValue.count) < ($1.1.lowerBound, -$1.0.rawValue.count)
      }),
      range.lowerBound > word.startIndex, range.upperBound < word.endIndex
    else {
      throw UsageError(
        field: "where",
        "--where \"\(word)\" is invalid; accepted: name, one of \(Comparison.allCases.map(\.rawValue).joined(separator: " ")) "
          + "and a value, such as optimizer=adam or l2<1e-3.")
    }
    let value = String(word[range.upperBound...])
    let needsNumber = [.below, .above, .atMost, .atLeast].contains(comparison)
    guard !needsNumber || Double(value) != nil else {
      throw UsageError(
        field: "where",
        "--where \"\(word)\" compares with \"\(value)\"; accepted after \(comparison.rawValue): a number.")
    }
    return Term(
      column: try RunColumn(named: String(word[..<range.lowerBound])), comparison: comparison, value: value)
  }
}
