package import EffectiveLearningRate
import Foundation

/// One number of a run.
package struct MetricRow: Hashable, Sendable {
  package var step: Int
  /// The layer's name; empty for a number of the whole network.
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

/// `metrics.csv`: one row per number, in the long form `step,layer,metric,statistic,value`.
///
/// Values are the shortest decimal numbers that read back as the same `Double`; an undefined one is empty. Fields are
/// quoted as RFC 4180 requires, lines end in a line feed.
package struct MetricsFile: ~Copyable {
  package static let header = "step,layer,metric,statistic,value\n"

  private let file: OutputFile
  private var pending: [UInt8] = []
  /// Bytes in the file, all rows flushed so far: what `truncate` goes back to.
  package private(set) var cursor: Int

  /// Opens `path` to append; an empty or new file gets the header.
  package init(_ path: String) throws(RecordError) {
    let file = try OutputFile(path, flags: O_CREAT | O_APPEND)
    if try file.length() == 0 { try file.write(Array(Self.header.utf8)) }
    cursor = try file.length()
    self.file = file
  }

  /// Buffers `rows` until the next flush.
  package mutating func append(_ rows: some Sequence<MetricRow>) {
    for row in rows {
      let value = row.value.map(\.description) ?? ""
      let fields = ["\(row.step)", row.layer, row.metric.rawValue, row.statistic.rawValue, value]
      pending.append(contentsOf: CSV.line(fields).utf8)
    }
  }

  /// Appends the buffered rows with one write, so that a reader never sees half a flush.
  package mutating func flush() throws(RecordError) {
    guard !pending.isEmpty else { return }
    try file.write(pending)
    cursor += pending.count
    pending.removeAll(keepingCapacity: true)
  }

  /// Removes every row after `cursor`, flushed or not: a run that rewinds to a checkpoint writes them again.
  package mutating func truncate(to cursor: Int) throws(RecordError) {
    precondition(cursor >= Self.header.utf8.count && cursor <= self.cursor, "a cursor of this file")
    pending.removeAll()
    try file.truncate(to: cursor)
    self.cursor = cursor
  }
}
