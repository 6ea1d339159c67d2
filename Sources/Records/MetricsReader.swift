import EffectiveLearningRate
package import Foundation

extension MetricsFile {
  /// All rows of the file at `path`, in its order.
  ///
  /// - Throws: `RecordError` for a file that cannot be read or is not a `metrics.csv`.
  package static func rows(at path: String) throws(RecordError) -> [MetricRow] {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw RecordError(.system(EIO), "Cannot read \(path): \(error.localizedDescription)")
    }
    return try rows(decoding: data, named: path)
  }

  /// All rows of a file's bytes, in their order.
  ///
  /// - Parameter path: the file's name, for messages.
  /// - Throws: `RecordError` for bytes that are not a `metrics.csv`.
  package static func rows(decoding data: Data, named path: String) throws(RecordError) -> [MetricRow] {
    let lines = data.split(separator: 0x0A)
    guard let head = lines.first, String(decoding: head, as: UTF8.self) + "\n" == header else {
      throw RecordError(.content, "\(path) is not a metrics.csv: its first line is not \(header.dropLast()).")
    }
    var rows: [MetricRow] = []
    rows.reserveCapacity(lines.count - 1)
    for (index, line) in lines.dropFirst().enumerated() {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw RecordError(.content, "\(path) is not UTF-8 text on line \(index + 2).")
      }
      guard let row = MetricRow(fields: fields(of: text)) else {
        throw RecordError(.content, "\(path) has no metric in five fields on line \(index + 2).")
      }
      rows.append(row)
    }
    return rows
  }

  /// The fields of one line, by RFC 4180 but without line feeds in fields.
  private static func fields(of line: String) -> [Substring.UTF8View.SubSequence] {
    let text = line[...].utf8
    guard text.contains(0x22) else { return text.split(separator: 0x2C, omittingEmptySubsequences: false) }
    var fields = [""]
    var isQuoted = false
    var wasQuote = false
    for scalar in Substring(text).unicodeScalars {
      if scalar == "\"" {
        // Two quotes inside quotes stand for one.
        if !isQuoted, wasQuote { fields[fields.count - 1] += "\"" }
        isQuoted.toggle()
        wasQuote = !isQuoted
        continue
      }
      wasQuote = false
      if scalar == ",", !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].unicodeScalars.append(scalar)
      }
    }
    return fields.map { $0[...].utf8 }
  }
}

extension MetricRow {
  fileprivate init?(fields: [Substring.UTF8View.SubSequence]) {
    guard fields.count == 5, let step = Int(Substring(fields[0])) else { return nil }
    let value = fields[4].isEmpty ? nil : Double(Substring(fields[4]))
    guard fields[4].isEmpty || value != nil else { return nil }
    self.init(
      step: step, layer: String(fields[1]) ?? "", metric: MetricName(rawValue: String(fields[2]) ?? ""),
      statistic: Statistic(rawValue: String(fields[3]) ?? ""), value: value)
  }
}
