package import Coordination
import Crypto
import Foundation
import Parameters
import Records

/// The folder of one sweep: `sweep.json`, `results.csv`, and below `runs/` a folder for each run.
package struct SweepFolder: ~Copyable, Sendable {
  package let path: String
  private let lock: RunLock

  /// What the folder is for; a sweep that is resumed has to be the same.
  private struct Record: Codable {
    var formatVersion = 1
    var sweep: String
    var runs: Int
    /// SHA-256 over the specs of all runs, a line each, in order.
    var specs: String
  }

  /// Makes the folder, or takes the one that an earlier start of the same sweep has left.
  ///
  /// - Throws: `SpecError` for a folder of another sweep and for a plan that has changed, `RecordError` for a folder that
  ///   can't be written or that another process works in.
  package init(_ path: String, for sweep: String, runs: [SweepRun], resuming isResumed: Bool) throws {
    let record = Record(sweep: sweep, runs: runs.count, specs: Self.hash(of: runs))
    if isResumed { try Self.check(path, against: record) } else { try Self.make(path, for: record) }
    let lock = try RunLock(runFolder: path)
    if !isResumed {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      // From here on there is a sweep to go on with.
      try AtomicFile.write(Array(encoder.encode(record)) + [0x0A], to: Self.record(in: path))
    }
    self.path = path
    self.lock = lock
  }

  private static func record(in path: String) -> String { path + "/sweep.json" }

  /// What the folder is for, if it is one of a sweep.
  private static func recorded(in path: String) throws -> Record? {
    let file = Self.record(in: path)
    guard let bytes = FileManager.default.contents(atPath: file) else { return nil }
    guard let record = try? JSONDecoder().decode(Record.self, from: bytes), record.formatVersion == 1 else {
      throw RecordError(.content, "\(file) is no record of a sweep that this version of tare can read.")
    }
    return record
  }

  /// That the folder holds this very sweep.
  private static func check(_ path: String, against record: Record) throws {
    guard let earlier = try recorded(in: path) else {
      throw SpecError(field: "resume", "folder \(path) holds no sweep; accepted with --resume: the folder of one.")
    }
    guard (earlier.sweep, earlier.specs) == (record.sweep, record.specs) else {
      throw SpecError(
        field: "resume",
        "the plan of sweep \(record.sweep) (\(record.runs) runs) has changed since \(path) was begun "
          + "(\(earlier.sweep), \(earlier.runs) runs); accepted with --resume: the same plan, or a new --output.")
    }
  }

  private static func make(_ path: String, for record: Record) throws {
    let content = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if content.contains("sweep.json") {
      let earlier = try? recorded(in: path)
      throw SpecError(
        field: "output",
        earlier?.specs == record.specs
          ? "folder \(path) already holds this sweep; accepted: --resume, to go on with it, or a new --output."
          : "folder \(path) already holds another sweep\(earlier.map { ", \($0.sweep) with \($0.runs) runs" } ?? ""); "
            + "accepted: a new --output, or another name in the plan.")
    }
    // A start that came to its end before it wrote sweep.json leaves its lock.
    guard content.allSatisfy({ $0 == "lock" || $0.hasSuffix(AtomicFile.unfinishedSuffix) }) else {
      throw SpecError(field: "output", "folder \(path) is not empty; accepted: a new or empty one.")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw RecordError(.system(EIO), "Cannot make folder \(path): \(error.localizedDescription)") }
  }

  /// Where a run of the sweep has its folder: by its number, and by what it is.
  package func folder(of run: SweepRun) -> String {
    "\(path)/runs/\(String(format: "%04d", run.number))-\(run.spec.specHash.prefix(8))"
  }

  /// The folder of the sweep's own event file.
  package var tensorBoard: String { path + "/tensorboard" }

  package var results: String { path + "/results.csv" }

  private static func hash(of runs: [SweepRun]) -> String {
    SHA256.hash(data: Data(runs.map { $0.spec.identity + "\n" }.joined().utf8)).hexadecimal
  }
}
