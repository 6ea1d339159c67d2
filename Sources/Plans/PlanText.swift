/// What is checked in a plan's text before it is parsed, because the parser would take too long over it.
enum PlanText {
  /// Bytes of a plan at most.
  static let limit = 1 << 16
  /// What opens a list, a mapping or an explicit key (`[`, `{`, `?`) at most, wherever it stands.
  static let greatestOpenings = 128

  /// The line of the first opening too many, from 1; `nil` if there are no more than are accepted.
  ///
  /// The parser hashes a key with all that it holds, so that keys of keys cost the product of their depth and their
  /// size. Each level of such a key has an opening of its own; those in quotes and comments are counted, too.
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
  /// Aliases of aliases make a tree that doubles with every line, and the parser walks it to compare keys. None is
  /// overlooked; text in quotes, and a comment in which a quote follows, can be mistaken for one.
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
      // A comment, or inside of a text that this line does not end: there is nothing more to read here.
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
