import Foundation
import Launching
package import Logging

/// `log.txt` as a swift-log handler: one line per message, written atomically, so processes may share the file.
package struct RunLog: LogHandler {
  package var logLevel = Logger.Level.info
  /// Of a line of JSON, with the keys of `LogLine`.
  package var metadata: Logger.Metadata = [:]
  private let descriptor: Int32
  private let label: String
  private let isJSON: Bool

  /// - Parameter descriptor: open for appending, for as long as the logger is used.
  package init(label: String, descriptor: Int32, isJSON: Bool = false) {
    self.label = label
    self.descriptor = descriptor
    self.isJSON = isJSON
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let bytes =
      isJSON
      ? json(event)
      : Array("\(Date().ISO8601Format()) \(event.level) \(label): \(event.message)\n".utf8)
    // A log that cannot be written must not end a run.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  }

  private func json(_ event: LogEvent) -> [UInt8] {
    let known = metadata.merging(event.metadata ?? [:]) { $1 }
    var line = LogLine(level: event.level.rawValue, label: label, message: event.message.description)
    line.run = known["run"]?.description
    line.role = known["role"]?.description
    line.rank = known["rank"].flatMap { Int($0.description) }
    line.generation = known["generation"].flatMap { UInt64($0.description) }
    line.step = known["step"].flatMap { Int($0.description) }
    return line.bytes
  }
}
