import Foundation
package import Logging

/// `log.txt` as a swift-log handler: one line per message, written atomically, so processes may share the file.
package struct RunLog: LogHandler {
  package var logLevel = Logger.Level.info
  package var metadata: Logger.Metadata = [:]
  private let descriptor: Int32
  private let label: String

  /// - Parameter descriptor: open for appending, for as long as the logger is used.
  package init(label: String, descriptor: Int32) {
    self.label = label
    self.descriptor = descriptor
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let line = Array("\(Date().ISO8601Format()) \(event.level) \(label): \(event.message)\n".utf8)
    // A log that cannot be written must not end a run.
    _ = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  }
}
