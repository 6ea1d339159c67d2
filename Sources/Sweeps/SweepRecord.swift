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
  /// What sets each run apart, by its number; `nil` in records of earlier versions.
  package let titles: [String]?
  /// SHA-256 over the identities of all runs' specs, one per line, in order.
  let specs: String

  init(sweep: String, runs: [SweepRun]) {
    self.sweep = sweep
    self.runs = runs.count
    titles = runs.map(\.title)
    specs = SHA256.hash(runs.map { $0.spec.identity + "\n" }.joined().utf8).hexadecimal
  }

  /// The title of the run in a folder, which begins with its number; the folder's name where there is none.
  package func title(ofFolder name: String) -> String {
    let number = name.split(separator: "-").first.flatMap { Int($0) } ?? 0
    guard let titles, titles.indices.contains(number - 1), !titles[number - 1].isEmpty else { return name }
    return titles[number - 1]
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
