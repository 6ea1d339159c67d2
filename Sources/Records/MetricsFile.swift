package import EffectiveLearningRate
import Foundation

/// One value of one metric of a run.
package struct MetricRow: Hashable, Sendable {
  package var step: Int
  /// The layer's name; empty for a value of the whole network.
  package var layer: String
  package var metric: MetricName
  /// Over the layer's groups.
  package var statistic: Statistic
  /// `nil` where the metric is undefined.
  package var value: Double?

  package init(step: Int, layer: String, metric: MetricName, statistic: Statistic, value: Double?) {
    self.step = step
    self.layer = layer
    self.metric = metric
    self.statistic = statistic
    self.value = value
  }
}

/// `metrics.csv`: one row per value, in long format, `step,layer,metric,statistic,value`.
///
/// Values are the shortest decimal numbers that read back as the same `Double`; an undefined one is empty. Fields are
/// quoted as RFC 4180 requires, lines end in a line feed.
package struct MetricsFile: ~Copyable {
  package static let header = "step,layer,metric,statistic,value\n"

  private let file: OutputFile
  private var pending: [UInt8] = []
  /// Length of the file in bytes, with all rows flushed so far; an argument for `truncate` later.
  package private(set) var cursor: Int
  private var hash: FileHash

  /// Opens `path` to append; an empty or new file gets the header.
  ///
  /// - Throws: `RecordError` with `.content` for a file with another header.
  package init(_ path: String) throws(RecordError) {
    let file = try OutputFile(path, flags: O_CREAT | O_APPEND)
    let head = Array(Self.header.utf8)
    var length = try file.length()
    if length == 0 {
      try file.write(head)
      length = head.count
      hash = FileHash()
      hash.update(head)
    } else {
      try Self.checkHeader(of: path, length: length)
      hash = try FileHash(of: path, first: length)
    }
    cursor = length
    self.file = file
  }

  private static func checkHeader(of path: String, length: Int) throws(RecordError) {
    var head = FileHash()
    head.update(Array(header.utf8))
    let count = header.utf8.count
    guard length >= count, try FileHash(of: path, first: count).sha256 == head.sha256 else {
      throw RecordError(.content, "\(path) is not a metrics.csv: its first line is not \(header.dropLast()).")
    }
  }

  /// The hash of the bytes up to `cursor`.
  package var sha256: String { hash.sha256 }

  /// Buffers `rows` until the next flush.
  package mutating func append(_ rows: some Sequence<MetricRow>) {
    for row in rows {
      // A number needs no quotes.
      pending.append(contentsOf: row.step.description.utf8)
      for field in [row.layer, row.metric.rawValue, row.statistic.rawValue] {
        pending.append(UInt8(ascii: ","))
        CSV.append(field, to: &pending)
      }
      pending.append(UInt8(ascii: ","))
      if let value = row.value { pending.append(contentsOf: value.description.utf8) }
      pending.append(0x0A)
    }
  }

  /// Appends the buffered rows with one write, so that a reader never sees half a flush.
  package mutating func flush() throws(RecordError) {
    guard !pending.isEmpty else { return }
    try file.write(pending)
    hash.update(pending)
    cursor += pending.count
    pending.removeAll(keepingCapacity: true)
  }

  /// Removes every row after `cursor`, flushed or not: a run that rewinds to a checkpoint writes them again.
  ///
  /// - Throws: `RecordError` with `.content`, and nothing changes, for a cursor that this file never had.
  package mutating func truncate(to cursor: Int) throws(RecordError) {
    guard (Self.header.utf8.count...self.cursor).contains(cursor) else {
      throw RecordError(
        .content,
        "\(file.path) has \(self.cursor) bytes, of which \(cursor) were to stay; accepted: "
          + "\(Self.header.utf8.count) to \(self.cursor).")
    }
    let kept = try FileHash(of: file.path, first: cursor)
    pending.removeAll()
    try file.truncate(to: cursor)
    self.cursor = cursor
    hash = kept
  }
}
