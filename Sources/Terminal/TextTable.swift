/// Rows of text in aligned columns.
package struct TextTable {
  /// What the columns hold.
  package enum Content: Sendable {
    /// The first column is left-aligned, the others right-aligned.
    case numbers
    /// All columns are left-aligned, without trailing spaces.
    case words
  }

  private var rows: [[String]]
  private let content: Content

  package init(header: [String], of content: Content = .numbers) {
    rows = [header.map { $0.printable() }]
    self.content = content
  }

  package mutating func append(_ row: [String]) {
    precondition(row.count == rows[0].count, "a row has as many cells as the header")
    rows.append(row.map { $0.printable() })
  }

  /// One line per row, the header first.
  package var lines: [String] {
    let widths = rows[0].indices.map { column in rows.map { TerminalText.width($0[column]) }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - TerminalText.width(row[column]))
        switch content {
        case .numbers: return column == 0 ? row[column] + padding : padding + row[column]
        case .words: return column == row.count - 1 ? row[column] : row[column] + padding
        }
      }.joined(separator: "  ")
    }
  }
}
