import Foundation
import OpenSSL
import Parameters
package import Records
import Specification

/// `sweep.json`: identifies the sweep of a folder. Only the same sweep can be resumed there.
package struct SweepRecord: Hashable, Codable, Sendable {
  static let fileName = "sweep.json"

  private var formatVersion = 1
  package let sweep: String
  /// Their number.
  package let runs: Int
  /// SHA-256 over the identities of all runs' specs, one per line, in order.
  let specs: String

  init(sweep: String, runs: [SweepRun]) {
    self.sweep = sweep
    self.runs = runs.count
    specs = SHA256.hash(runs.map { $0.spec.identity + "\n" }.joined().utf8).hexadecimal
  }

  /// - Returns: `nil` for a folder without a sweep.
  /// - Throws: `RecordError` for a record that this version cannot read.
  package init?(inFolder path: String) throws(RecordError) {
    let file = "\(path)/\(Self.fileName)"
    guard let bytes = FileManager.default.contents(atPath: file) else { return nil }
    guard let record = try? JSONDecoder().decode(Self.self, from: bytes), record.formatVersion == 1 else {
      throw RecordError(.content, "\(file) is not a record of a sweep that this version of tare can read.")
    }
    self = record
  }

  func write(toFolder path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(Array(encoder.encode(self)) + [0x0A], to: "\(path)/\(Self.fileName)")
  }
}
