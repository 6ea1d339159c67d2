package import Foundation

/// `run.json`: the spec of a run, where it ran, and its result.
package struct RunRecord: Hashable, Sendable, Codable {
  /// Version of this format; raised when the meaning of a field changes.
  package static let currentFormatVersion = 1

  package var formatVersion = RunRecord.currentFormatVersion
  /// The resolved spec, as the spec's own coding writes it.
  package var spec: JSONValue
  /// The spec as requested, for example with an automatic transport; `nil` in a record of an earlier version.
  package var asked: JSONValue?
  package var commandLine: [String]
  /// Version by component, such as `tare`, `protocol`, `swift`, `oneDNN`.
  package var versions: [String: String]
  package var host: HostFacts
  /// The data files that were read, with their checksums; `nil` for embedded images.
  package var dataFiles: JSONValue?
  /// SHA-256 sums of the decoded images, independent of file names and compression; `nil` for embedded images.
  package var data: JSONValue?
  /// Changes that affect the weights and that a resume was allowed to make, one sentence each.
  package var changes: [String]?
  /// The data set's images and classes, and each channel's mean and deviation, with which bytes are standardized; `nil` for
  /// embedded images, which the coordinator does not draw, and in records of earlier versions.
  package var inputs: JSONValue?
  /// Images in an epoch.
  package var trainingImages: Int?
  /// The files of another trainer's weights that were measured, in their order, where nothing was trained; else `nil`.
  package var measured: [String]?
  package var started: Date
  package var ended: Date?
  package var status: RunStatus
  /// Why it is not done; `nil` while it is running.
  package var cause: String?
  /// What the command prints with `--json`; `nil` while it is running.
  package var result: JSONValue?
  /// SHA-256 of the file with 64 zeros in place of this hash; set only in the file.
  private var recordSHA256: String?

  private static let seal = Seal(key: "recordSHA256")

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
    var plain = self
    plain.recordSHA256 = Seal.none
    return Self.seal.applied(to: Array(try encoder.encode(plain)) + [0x0A])
  }

  package init(decoding bytes: [UInt8]) throws {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    self = try decoder.decode(RunRecord.self, from: Data(bytes))
    recordSHA256 = nil
  }

  /// Whether a record is as it was written; `nil` for one of an earlier version, which has no hash.
  package static func isIntact(_ bytes: [UInt8]) -> Bool? {
    guard let record = try? JSONDecoder().decode(Sealed.self, from: Data(bytes)) else { return false }
    return record.recordSHA256.map { seal.fits(bytes, $0) }
  }

  private struct Sealed: Decodable { let recordSHA256: String? }
}
