/// Checks on a plan's text before parsing: inputs that would make the parser take too long.
enum PlanText {
  /// The largest plan, in bytes.
  static let limit = 1 << 16
  /// The most openings of a list, a mapping or an explicit key (`[`, `{`, `?`), counted anywhere in the text.
  static let greatestOpenings = 128

  /// The line, from 1, on which the openings exceed the limit; `nil` if they do not.
  ///
  /// The parser hashes a key with its whole content, so nested keys take time proportional to depth times size. Each level
  /// of nesting has an opening; those in quotes and comments count, too.
  static func lineOfOpeningTooMany(in text: String) -> Int? {
    var count = 0
    let line = lines(of: text).firstIndex { line in
      count += line.utf8.count { "[{?".utf8.contains($0) }
      return count > greatestOpenings
    }
    return line.map { $0 + 1 }
  }

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
