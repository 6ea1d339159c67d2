/// A terminal as far as a block needs one: text, `\r`, `\n`, up, erase to the end of line or screen, wrapping on and off. When its width
/// changes it wraps its lines anew, as VTE and tmux do, or cuts them, as xterm does.
struct ScreenEmulator {
  enum Resizing: CaseIterable { case wrapping, cutting }

  private struct Row {
    var cells: [Character] = []
    /// Whether the line goes on in the next row.
    var isWrapped = false
  }

  private var rows: [Row] = [Row()]
  private var (row, column) = (0, 0)
  private(set) var columns: Int
  let resizing: Resizing
  private var wraps = true
  /// Whether all was erased at once, of which tmux would keep a copy.
  private(set) var isCleared = false

  init(columns: Int, _ resizing: Resizing) { (self.columns, self.resizing) = (columns, resizing) }

  /// What is on the screen and in the rows that have scrolled away, without trailing blanks.
  var text: [String] {
    var lines = rows.map { String($0.cells).trimmingSuffix(while: { $0 == " " }) }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// How wide the widest row is.
  var width: Int { rows.map(\.cells.count).max() ?? 0 }

  mutating func write(_ output: String) {
    var rest = Substring(output)
    while let character = rest.first {
      // A control sequence; styles change nothing here.
      if let sequence = rest.prefixMatch(of: /\u{1B}\[(\??[0-9]*)([A-Za-z])/) {
        let number = Int(sequence.1) ?? 1
        switch sequence.2 {
        case "A": row = max(row - number, 0)
        case "K": rows[row].cells = Array(rows[row].cells.prefix(column))
        case "J":
          if row == 0 && column == 0 { isCleared = true }
          rows = Array(rows.prefix(row + 1))
          rows[row].cells = Array(rows[row].cells.prefix(column))
        case "l": if sequence.1 == "?7" { wraps = false }
        case "h": if sequence.1 == "?7" { wraps = true }
        default: break
        }
        rest = rest[sequence.range.upperBound...]
        continue
      }
      rest = rest.dropFirst()
      switch character {
      case "\r": column = 0
      case "\n": next()
      case "\r\n":
        column = 0
        next()
      default: put(character)
      }
    }
  }

  /// The terminal's driver makes `\r\n` of a line feed.
  private mutating func next() {
    (row, column) = (row + 1, 0)
    if row == rows.count { rows.append(Row()) }
  }

  private mutating func put(_ character: Character) {
    if column == columns && !wraps { column -= 1 }
    if column == columns {
      rows[row].isWrapped = true
      next()
    }
    while rows[row].cells.count <= column { rows[row].cells.append(" ") }
    rows[row].cells[column] = character
    column += 1
  }

  mutating func resize(to columns: Int) {
    self.columns = columns
    guard resizing == .wrapping else {
      for index in rows.indices { rows[index].cells = Array(rows[index].cells.prefix(columns)) }
      return column = min(column, columns - 1)
    }
    var (lines, place): ([[Character]], (line: Int, column: Int)) = ([], (0, 0))
    var isContinued = false
    for (index, old) in rows.enumerated() {
      if !isContinued { lines.append([]) }
      if index == row { place = (lines.count - 1, lines[lines.count - 1].count + column) }
      lines[lines.count - 1] += old.cells
      isContinued = old.isWrapped
    }
    rows = []
    for (index, line) in lines.enumerated() {
      if index == place.line { (row, column) = (rows.count + place.column / columns, place.column % columns) }
      let parts = stride(from: 0, to: max(line.count, 1), by: columns)
      for start in parts {
        let end = min(start + columns, line.count)
        rows.append(Row(cells: Array(line[start..<end]), isWrapped: end < line.count))
      }
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(while isCut: (Character) -> Bool) -> String {
    var text = self
    while let last = text.last, isCut(last) { text.removeLast() }
    return text
  }
}
