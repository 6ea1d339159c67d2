import Failures
import Foundation
import Records
package import Specification

/// The folder of one sweep: `sweep.json`, `results.csv`, and below `runs/` a folder for each run.
package struct SweepFolder: ~Copyable, Sendable {
  package let path: String
  private let lock: RunLock

  /// Makes the folder, or takes the one that an earlier start of the same sweep has left.
  ///
  /// - Throws: `UsageError` for a folder of another sweep and for a plan that has changed, `RecordError` for a folder that
  ///   can't be written or that another process works in.
  package init(_ path: String, for sweep: String, runs: [SweepRun], resuming isResumed: Bool) throws {
    let record = SweepRecord(sweep: sweep, runs: runs)
    if isResumed { try Self.check(path, against: record) } else { try Self.make(path, for: record) }
    let lock = try RunLock(runFolder: path)
    // From here on there is a sweep to go on with.
    if !isResumed { try record.write(toFolder: path) }
    self.path = path
    self.lock = lock
  }

  /// That the folder holds this very sweep.
  private static func check(_ path: String, against record: SweepRecord) throws {
    guard let earlier = try SweepRecord(inFolder: path) else {
      throw UsageError(field: "resume", "folder \(path) holds no sweep; accepted with --resume: the folder of one.")
    }
    guard (earlier.sweep, earlier.specs) == (record.sweep, record.specs) else {
      throw UsageError(
        field: "resume",
        "the plan of sweep \(record.sweep) (\(record.runs) runs) has changed since \(path) was begun "
          + "(\(earlier.sweep), \(earlier.runs) runs); accepted with --resume: the same plan, or a new --output.")
    }
  }

  private static func make(_ path: String, for record: SweepRecord) throws {
    let content = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if content.contains(SweepRecord.fileName) {
      let earlier = try? SweepRecord(inFolder: path)
      throw UsageError(
        field: "output",
        earlier?.specs == record.specs
          ? "folder \(path) already holds this sweep; accepted: --resume, to go on with it, or a new --output."
          : "folder \(path) already holds another sweep\(earlier.map { ", \($0.sweep) with \($0.runs) runs" } ?? ""); "
            + "accepted: a new --output, or another name in the plan.")
    }
    // A start that came to its end before it wrote sweep.json leaves its lock.
    guard content.allSatisfy({ $0 == "lock" || $0.hasSuffix(AtomicFile.unfinishedSuffix) }) else {
      throw UsageError(field: "output", "folder \(path) is not empty; accepted: a new or empty one.")
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
}
