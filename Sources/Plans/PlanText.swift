/// Checks on a plan's text before parsing: inputs that would make the parser take too long.
enum PlanText {
  /// The largest plan, in bytes.
  static let limit = 1 << 16

  /// The line of the first alias (`*name`), from 1; `nil` if there is none.
  ///
  /// Aliases of aliases make a tree that doubles with every line, and the parser walks it to compare keys. Every alias is
  /// found; quoted text, and a comment followed by a quote, can be mistaken for one.
  static func lineOfAlias(in text: String) -> Int? {
    lines(of: text).firstIndex { hasAlias($0.unicodeScalars) }.map { $0 + 1 }
  }

  private static func lines(of text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  private static func hasAlias(_ line: Substring.UnicodeScalarView) -> Bool {
    let lastQuote = line.lastIndex { $0 == "\"" || $0 == "'" } ?? line.startIndex
    var previous: Unicode.Scalar = " "
    var isStar = false
    for position in line.indices {
      let scalar = line[position]
      // A comment, or text whose quote this line does not close: no alias can follow.
      if scalar == "#", previous == " ", position >= lastQuote { return false }
      if isStar, isNameStart(scalar) { return true }
      isStar = scalar == "*" && !isNameStart(previous)
      previous = scalar
    }
    return false
  }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }
}
