/// What is shown of something that goes on, for the present size of the terminal.
package protocol TerminalView: Sendable {
  /// At most `height` lines.
  func lines(width: Int, height: Int, style: TerminalStyle) -> [String]
}

/// Some lines at the end of the terminal that are drawn over themselves; other lines scroll by above them.
///
/// Between drawings the cursor stands at the start of the first line. Of all places that is the one which a terminal keeps
/// when its size changes, whether it wraps long lines anew or cuts them: so the next drawing covers all of the one before.
/// The cursor stays visible, so that nothing has to be restored, however the process ends.
package struct TerminalBlock: Sendable {
  /// Columns and rows.
  package typealias Size = (columns: Int, rows: Int)

  private var lines: [String] = []

  package init() {}

  package var isEmpty: Bool { lines.isEmpty }

  /// What to write so that the block shows `view`.
  package mutating func draw(_ view: some TerminalView, on size: Size, style: TerminalStyle) -> String {
    // The row below the block has to exist, and the last column would move some terminals to the next row.
    let (columns, rows) = (max(size.columns - 1, 1), max(size.rows - 1, 1))
    lines = view.lines(width: size.columns, height: rows, style: style).prefix(rows).map {
      TerminalText.fitted($0, to: columns)
    }
    return text + up
  }

  /// What to write so that `line` stands above the block; it may be wider than the terminal.
  package func print(_ line: String) -> String { "\r\(line)\u{1B}[K\n" + text + up }

  /// What to write to leave the block standing, with the cursor below it.
  package mutating func leave() -> String {
    defer { lines = [] }
    return lines.isEmpty ? "" : text
  }

  /// What to write to remove the block.
  package mutating func erase() -> String {
    guard !lines.isEmpty else { return "" }
    // Line by line: a terminal that is told to erase all of its screen may keep a copy of it.
    lines = lines.map { _ in "" }
    defer { lines = [] }
    return text + up
  }

  /// Drawn over whatever is there, with the cursor below.
  ///
  /// Nothing wraps meanwhile: a terminal may be narrower already than it has told us.
  private var text: String {
    "\r\u{1B}[?7l" + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J\u{1B}[?7h"
  }

  private var up: String { lines.isEmpty ? "" : "\u{1B}[\(lines.count)A\r" }
}
