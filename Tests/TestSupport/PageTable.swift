/// A table of a page of the documentation, which a test compares with the code.
package enum PageTable {
  /// The cells of the rows below the header that begins with `first`, without backquotes; none if there is no such table.
  package static func rows(of page: String, under first: String) throws -> [[String]] {
    let lines = try Repository.text(page).split(separator: "\n", omittingEmptySubsequences: false)
    guard let header = lines.firstIndex(where: { $0.hasPrefix("| \(first) |") }) else { return [] }
    return lines[(header + 1)...].prefix { $0.hasPrefix("|") }.dropFirst().map { line in
      line.split(separator: "|").map { String($0.filter { $0 != "`" }).trimmed }
    }
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
