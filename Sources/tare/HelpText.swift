import Foundation

/// Help as a terminal shows it. The parser's package breaks a manual's lines where it likes; here, indented lines stay as they
/// are, and those that are too long go on below their own text.
package enum HelpText {
  /// - Parameters:
  ///   - message: what the parser's package makes of the help for a number of columns.
  ///   - columns: of the terminal.
  /// - Returns: texts that are no help, such as the version, as they are.
  package static func wrapped(columns: Int = HelpText.columns, _ message: (_ columns: Int) -> String) -> String {
    let (text, whole) = (message(columns), message(1 << 20))
    let usage = "\n\nUSAGE: "
    guard text.hasPrefix("OVERVIEW: "), let manual = whole.range(of: usage), let rest = text.range(of: usage) else {
      return text
    }
    let lines = whole[..<manual.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
    return lines.flatMap { wrapped($0, to: columns) }.joined(separator: "\n") + text[rest.lowerBound...]
  }

  private static func wrapped(_ line: Substring, to columns: Int) -> [String] {
    let indent = String(repeating: " ", count: indentation(of: line, columns: columns))
    var (lines, rest) = ([String](), line)
    while rest.count > columns, let end = rest.prefix(columns + 1).dropFirst(indent.count).lastIndex(of: " "),
      rest[..<end].contains(where: { $0 != " " })
    {
      lines.append(String(rest[..<end]))
      rest = Substring(indent + rest[end...].drop { $0 == " " })
    }
    return lines + [String(rest)]
  }

  /// Where the text of a line goes on: below the second column of a table, if it is one.
  private static func indentation(of line: Substring, columns: Int) -> Int {
    let own = line.prefix { $0 == " " }.count
    guard own > 0, let gap = line.dropFirst(own).firstRange(of: "  ") else { return own }
    let second = line[gap.lowerBound...].drop { $0 == " " }
    let column = line.distance(from: line.startIndex, to: second.startIndex)
    return column <= columns / 2 ? column : own
  }

  /// Of the terminal, as the user says or as the system knows.
  package static var columns: Int {
    if let given = ProcessInfo.processInfo.environment["COLUMNS"].flatMap({ Int($0) }), given >= 20 { return given }
    var size = winsize()
    guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return 80 }
    return Int(size.ws_col)
  }
}
