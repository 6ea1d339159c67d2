package import Foundation

/// `run.json`: the spec of a run, where it ran, and its result.
package struct RunRecord: Hashable, Sendable, Codable {
  /// Of this file; raised when a field changes its meaning.
  package static let currentFormatVersion = 1

  package var formatVersion = RunRecord.currentFormatVersion
  /// The resolved spec, as the spec's own coding writes it.
  package var spec: JSONValue
  package var commandLine: [String]
  /// Version by component, such as `tare`, `protocol`, `swift`, `oneDNN`.
  package var versions: [String: String]
  package var host: HostFacts
  /// The data files that were read, with their checksums; `nil` for embedded images.
  package var dataFiles: JSONValue?
  /// Images in an epoch.
  package var trainingImages: Int?
  package var started: Date
  package var ended: Date?
  package var status: RunStatus
  /// Why it is not done; `nil` while it is running.
  package var cause: String?
  /// What the command prints with `--json`; `nil` while it is running.
  package var result: JSONValue?

  package init(
    spec: JSONValue, commandLine: [String], versions: [String: String], host: HostFacts, started: Date = Date()
  ) {
    self.spec = spec
    self.commandLine = commandLine
    self.versions = versions
    self.host = host
    self.started = started
    status = .running
  }

  /// Readable JSON with sorted keys; times are ISO 8601 in UTC.
  package func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return try Array(encoder.encode(self)) + [0x0A]
  }

  package init(decoding bytes: [UInt8]) throws {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    self = try decoder.decode(RunRecord.self, from: Data(bytes))
  }
}
