import Foundation

/// One line of a log as programs read it: a JSON object.
package struct LogLine: Hashable, Sendable, Codable {
  /// ISO 8601 in UTC, with milliseconds.
  package var time = Date().ISO8601Format(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  /// As swift-log names it.
  package var level: String
  /// Which part of the program says it.
  package var label: String
  package var message: String
  /// The run's session: every process of the run knows it.
  package var run: String?
  package var role: String?
  package var rank: Int?
  package var generation: UInt64?
  package var step: Int?

  package init(level: String, label: String, message: String) {
    (self.level, self.label, self.message) = (level, label, message)
  }

  /// A line that is written for people: what it begins with tells the level.
  package init(sentence: String, label: String) {
    let found = Self.beginnings.first { sentence.hasPrefix($0.key) }
    self.init(
      level: found?.value ?? "info", label: label,
      message: String(sentence.dropFirst(found?.key.count ?? 0)))
  }

  /// - Returns: `nil` for any other line.
  package init?(_ line: String) {
    guard line.hasPrefix("{"), let found = try? JSONDecoder().decode(LogLine.self, from: Data(line.utf8)) else {
      return nil
    }
    self = found
  }

  /// With the line feed.
  package var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array((try? encoder.encode(self)) ?? Data()) + [0x0A]
  }

  private static let beginnings = ["tare: ": "error", "warning: ": "warning", "note: ": "notice"]
}
