import Failures
import Foundation
import Records
package import Specification

/// The folder of one sweep: `sweep.json`, `results.csv`, and `runs/` with a folder for each run.
package struct SweepFolder: ~Copyable, Sendable {
  package let path: String
  private let lock: RunLock

  /// Creates the folder, or with `resuming` reopens that of an earlier start of the same sweep.
  ///
  /// - Throws: `UsageError` for a folder of another sweep and for a plan that has changed, `RecordError` for a folder that
  ///   cannot be written or that another process is using.
  package init(_ path: String, for sweep: String, runs: [SweepRun], resuming isResumed: Bool) throws {
    let record = SweepRecord(sweep: sweep, runs: runs)
    if isResumed { try Self.check(path, against: record) } else { try Self.make(path, for: record) }
    let lock = try RunLock(runFolder: path)
    // From here on the sweep can be resumed.
    if !isResumed { try record.write(toFolder: path) }
    self.path = path
    self.lock = lock
  }

  /// Checks that the folder holds this sweep.
  private static func check(_ path: String, against record: SweepRecord) throws {
    guard let earlier = try SweepRecord(inFolder: path) else {
      throw UsageError(field: "resume", "folder \(path) holds no sweep; accepted with --resume: the folder of one.")
    }
    guard (earlier.sweep, earlier.specs) == (record.sweep, record.specs) else {
      throw UsageError(
        field: "resume",
        "the plan of sweep \(record.sweep) (\(counted(record.runs, "run"))) differs from that of \(path) "
          + "(\(earlier.sweep), \(counted(earlier.runs, "run"))); accepted with --resume: the same plan, or a new --output."
      )
    }
  }

  private static func make(_ path: String, for record: SweepRecord) throws {
    let content = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if content.contains(SweepRecord.fileName) {
      let earlier = try? SweepRecord(inFolder: path)
      throw UsageError(
        field: "output",
        earlier?.specs == record.specs
          ? "folder \(path) already holds this sweep; accepted: --resume, to continue it, or a new --output."
          : "folder \(path) already holds another sweep\(earlier.map { ", \($0.sweep) with \(counted($0.runs, "run"))" } ?? ""); "
            + "accepted: a new --output, or another name in the plan.")
    }
    // A process killed before it wrote sweep.json leaves its lock.
    guard content.allSatisfy({ $0 == "lock" || $0.hasSuffix(AtomicFile.unfinishedSuffix) }) else {
      throw UsageError(field: "output", "folder \(path) is not empty; accepted: a new or empty one.")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw RecordError(.system(EIO), "Cannot create folder \(path): \(error.localizedDescription)") }
  }

  /// Creates the folder for runs that processes of their own will train, or checks that it holds this sweep.
  package static func prepare(_ path: String, for sweep: String, runs: [SweepRun]) throws {
    let record = SweepRecord(sweep: sweep, runs: runs)
    guard try SweepRecord(inFolder: path) == nil else { return try check(path, against: record) }
    _ = try SweepFolder(path, for: sweep, runs: runs, resuming: false)
  }

  /// The folder of a run, named by its number and its spec's hash.
  package func folder(of run: SweepRun) -> String { Self.folder(of: run, in: path) }

  package static func folder(of run: SweepRun, in path: String) -> String {
    "\(path)/runs/\(String(format: "%04d", run.number))-\(run.spec.specHash.prefix(8))"
  }

  /// The folder of the sweep's own event file.
  package var tensorBoard: String { path + "/tensorboard" }

  package var results: String { path + "/results.csv" }
}
