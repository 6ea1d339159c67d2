/// Rows of text in columns as wide as their widest cell; the first column left-aligned, the others right-aligned.
package struct TextTable {
  private var rows: [[String]]

  package init(header: [String]) { rows = [header] }

  package mutating func append(_ row: [String]) {
    precondition(row.count == rows[0].count, "a row has as many cells as the header")
    rows.append(row)
  }

  /// One line a row, the header first.
  package var lines: [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + padding : padding + row[column]
      }.joined(separator: "  ")
    }
  }
}
