import Foundation

/// Reads `metrics.csv` while it is being written: each call returns the rows appended since the last.
package struct MetricsTail: Sendable {
  private let path: String
  private var offset = 0
  /// The bytes before `offset`; if the file no longer has them, it was truncated and rewritten.
  private var mark = Data()

  private static let markLength = 96

  package init(_ path: String) { self.path = path }

  /// - Returns: new complete rows; with `isRestarted` they replace the rows of all earlier calls.
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
    // A monitor does not report damage.
    return ((try? MetricsFile.rows(decoding: header + whole, named: path)) ?? [], isRestarted)
  }

  private func holdsMark(_ file: FileHandle) -> Bool {
    guard (try? file.seek(toOffset: UInt64(offset - mark.count))) != nil else { return false }
    return (try? file.read(upToCount: mark.count)) == mark
  }
}
