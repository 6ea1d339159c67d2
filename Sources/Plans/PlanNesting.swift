/// Follows a plan's brackets and explicit keys (`? `) as the YAML scanner does, to find nesting that is too deep.
///
/// The parser hashes a key with its whole content, so keys in keys take time proportional to depth times size. Text in
/// quotes and comments has no brackets. Quoted text that does not end on its line, block text (`|`, `>`) and tags are
/// refused, because they would need the whole of YAML to be followed; plans have no use for them.
struct PlanNesting {
  /// The greatest depth of lists, mappings and explicit keys.
  static let greatestDepth = 32

  struct Refusal: Hashable {
    let line: Int
    let sentence: String
  }

  /// What is refused first; `nil` if nothing is.
  static func refusal(of text: String) -> Refusal? {
    var nesting = PlanNesting()
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      if let sentence = nesting.read(Array(line.unicodeScalars)) { return Refusal(line: index + 1, sentence: sentence) }
    }
    return nil
  }

  /// Of `[` and `{` that are not closed yet.
  private var brackets = 0
  /// Columns of the explicit keys that the text is in.
  private var keys: [Int] = []
  /// Whether the text is in a word, which quotes and, outside of brackets, brackets do not end.
  private var isInWord = false
  /// Outside of brackets, a word goes on in lines that begin beyond this column: that of its key, `-` or `?`.
  private var base = -1

  private mutating func read(_ line: [Unicode.Scalar]) -> String? {
    guard let first = line.firstIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
    if brackets == 0, first <= base { isInWord = false }
    if brackets == 0, line[0] == "%" { return nil }
    var column = 0
    if isBlank(line, 3), line.starts(with: "---".unicodeScalars) || line.starts(with: "...".unicodeScalars) {
      (column, isInWord, base) = (3, false, -1)
    }
    var start: Int?
    while column < line.count {
      let scalar = line[column]
      let isToken = !isInWord
      switch scalar {
      case " ", "\t", "\u{FEFF}":
        column += 1
        continue
      case "#" where isToken || column == 0 || isBlank(line, column - 1):
        isInWord = false
        return nil
      case "[" where brackets > 0 || isToken, "{" where brackets > 0 || isToken:
        (brackets, isInWord) = (brackets + 1, false)
      case "]" where brackets > 0, "}" where brackets > 0: (brackets, isInWord) = (brackets - 1, false)
      case "," where brackets > 0: isInWord = false
      case ":" where isBlank(line, column + 1):
        isInWord = false
        if brackets == 0 { base = start ?? column }
      case ":" where isToken && brackets > 0: break
      case _ where isInWord: break
      case "\"", "'":
        guard let end = end(of: line, quotedAt: column) else {
          return "quoted text does not end on its line; accepted: text on one line."
        }
        start = start ?? column
        column = end
      case "|" where brackets == 0, ">" where brackets == 0:
        return "the plan has block text (\(scalar)); accepted: text on one line."
      case "!": return "the plan has a YAML tag (!); accepted: the value itself."
      case "&":
        start = start ?? column
        while column + 1 < line.count, isName(line[column + 1]) { column += 1 }
      case "-" where isBlank(line, column + 1) && brackets == 0, "?" where isBlank(line, column + 1) && brackets == 0:
        (base, start) = (column, nil)
        // A list may stand at the column of its key.
        keys.removeAll { scalar == "?" ? $0 >= column : $0 > column }
        if scalar == "?" { keys.append(column) }
        guard keys.count <= Self.greatestDepth else { return Self.tooDeep }
        column += 1
        continue
      case "?" where brackets > 0: break
      default: isInWord = true
      }
      start = start ?? column
      guard brackets + keys.count <= Self.greatestDepth else { return Self.tooDeep }
      column += 1
    }
    return nil
  }

  private static let tooDeep =
    "the plan's lists and mappings are nested more than \(greatestDepth) deep; accepted: less depth."

  /// The column of the closing quote.
  private func end(of line: [Unicode.Scalar], quotedAt start: Int) -> Int? {
    var column = start + 1
    while column < line.count {
      if line[column] == line[start] { return column }
      column += line[column] == "\\" && line[start] == "\"" ? 2 : 1
    }
    return nil
  }

  /// Whether the line ends at `column` or has a blank there.
  private func isBlank(_ line: [Unicode.Scalar], _ column: Int) -> Bool {
    column >= line.count || line[column] == " " || line[column] == "\t"
  }

  private func isName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }
}
