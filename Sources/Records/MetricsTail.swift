import Foundation

/// Reads `metrics.csv` while somebody writes it: each call gives the rows that have come since the last.
package struct MetricsTail: Sendable {
  private let path: String
  private var offset = 0
  /// The bytes before `offset`: a file that no longer has them there was taken back and written anew.
  private var mark = Data()

  private static let markLength = 96

  package init(_ path: String) { self.path = path }

  /// - Returns: whole new rows; `isRestarted` says that they are all there are, and those of earlier calls void.
  package mutating func read() -> (rows: [MetricRow], isRestarted: Bool) {
    guard let file = FileHandle(forReadingAtPath: path) else { return ([], false) }
    defer { try? file.close() }
    let isRestarted = offset > 0 && !holdsMark(file)
    if isRestarted || offset == 0 { (offset, mark) = (0, Data()) }
    guard (try? file.seek(toOffset: UInt64(offset))) != nil, let news = try? file.readToEnd(), !news.isEmpty,
      let end = news.lastIndex(of: 0x0A)
    else { return ([], isRestarted) }
    var whole = news[...end]
    let isFirst = offset == 0
    offset += whole.count
    mark = (mark + whole).suffix(Self.markLength)
    let header = Data(MetricsFile.header.utf8)
    if isFirst { whole = whole.dropFirst(header.count) }
    // What is no row is not for those who look on to report.
    return ((try? MetricsFile.rows(decoding: header + whole, named: path)) ?? [], isRestarted)
  }

  private func holdsMark(_ file: FileHandle) -> Bool {
    guard (try? file.seek(toOffset: UInt64(offset - mark.count))) != nil else { return false }
    return (try? file.read(upToCount: mark.count)) == mark
  }
}
