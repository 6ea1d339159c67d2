import Failures
import Foundation

/// The folder of one run: `run.json`, `metrics.csv`, `log.txt`, `weights/`, `checkpoints/`, `tensorboard/`, and while
/// the run is active `lock` and `join.json`.
package struct RunFolder: Sendable {
  package let path: String
  /// For this run.
  private let made: MadeFolders

  package var lock: String { path + "/lock" }
  package var record: String { path + "/run.json" }
  package var metrics: String { path + "/metrics.csv" }
  package var log: String { path + "/log.txt" }
  /// The folder of the event file.
  package var tensorBoard: String { path + "/tensorboard" }
  /// How to join the run; present while it is active.
  package var invitation: String { Self.invitation(in: path) }
  package var weights: String { path + "/weights" }
  package var initialWeights: String { weights + "/initial.safetensors" }
  package var finalWeights: String { weights + "/final.safetensors" }
  package var rates: String { Self.rates(in: path) }

  /// Where a run in folder `path` records its effective rates.
  package static func rates(in path: String) -> String { path + "/weights/rates.safetensors" }

  package static func invitation(in path: String) -> String { path + "/join.json" }

  /// The folder of an existing run.
  ///
  /// - Parameter requested: the folder, or its `run.json`.
  /// - Throws: `RecordError` if there is none.
  package init(resuming requested: String) throws(RecordError) {
    path = Self.path(ofRun: requested)
    made = MadeFolders()
    guard Self.isFolder(path) != false else {
      throw RecordError(.occupied, "\(path) is a file and no run; accepted: the folder of a run, or its run.json.")
    }
    guard try Self.content(of: path)?.contains("run.json") == true else {
      throw RecordError(.occupied, "Folder \(path) holds no run; accepted: the folder of a run, or its run.json.")
    }
  }

  /// The folder of the run that somebody names by its folder or its `run.json`.
  package static func path(ofRun named: String) -> String {
    let named = UserPath(named, home: nil)
    guard named.text == "run.json" || named.text.hasSuffix("/run.json"), isFolder(named.text) == false else {
      return named.trimmed
    }
    return named.folder.isEmpty ? "." : named.folder
  }

  /// The record of the run.
  package func readRecord() throws(RecordError) -> RunRecord {
    guard let data = FileManager.default.contents(atPath: record) else {
      throw RecordError(.system(EIO), "Cannot read \(record).")
    }
    do { return try RunRecord(decoding: Array(data)) } catch {
      throw RecordError(.content, "\(record) is not a record of a run.")
    }
  }

  /// Whether `run.json` is as it was written; `nil` if it has no hash, as in earlier versions.
  package var isRecordIntact: Bool? {
    FileManager.default.contents(atPath: record).flatMap { RunRecord.isIntact(Array($0)) }
  }

  /// Creates the folder, with all folders above it, or uses an existing one that is empty, or holds only what a process
  /// left that was killed before its run had a record.
  ///
  /// - Parameter requested: `nil` makes `runs/<time>-<id>` in the working folder.
  /// - Throws: `RecordError` with `.occupied` for a folder in use, `.system` for one that cannot be written.
  package init(_ requested: String?) throws(RecordError) {
    path = UserPath(requested ?? "runs/\(Self.newName())", home: nil).trimmed
    guard !path.isEmpty else {
      throw RecordError(.occupied, "The output folder has an empty name; accepted: a path.")
    }
    if let content = try Self.content(of: path), !content.isEmpty, !Self.removeUnbegun(content, in: path) {
      throw RecordError(
        .occupied,
        content.contains("run.json")
          ? "Output folder \(path) already holds a run; accepted: a new or empty folder."
          : "Output folder \(path) is not empty; accepted: a new or empty folder.")
    }
    made = try MadeFolders(path + "/weights")
  }

  /// Removes what a run that never began has left, if the folder holds nothing else and no process is beginning it now.
  private static func removeUnbegun(_ content: [String], in path: String) -> Bool {
    let isUnbegun = content.allSatisfy { name in
      ["lock", "metrics.csv", "log.txt", "weights"].contains(name)
        || name.hasPrefix("run.json.") && name.hasSuffix(AtomicFile.unfinishedSuffix)
    }
    // The lock comes first; rmdir(2) refuses a folder with weights.
    guard isUnbegun, content == ["weights"] || RunLock.isLeft(runFolder: path),
      unsafe rmdir(path + "/weights") == 0 || errno == ENOENT
    else {
      return false
    }
    for name in content { unsafe unlink("\(path)/\(name)") }
    return true
  }

  /// Writes `run.json` atomically; durable on return.
  ///
  /// - Parameter others: files and folders that it relies on: they are on the disk before.
  package func write(_ record: RunRecord, relyingOn others: [String] = []) throws(RecordError) {
    try AtomicFile.write(encoded(record), to: self.record, relyingOn: others)
  }

  /// Writes the first `run.json` of a new run.
  ///
  /// - Returns: the files and folders that become durable with the run's first generation.
  package func begin(_ record: RunRecord) throws(RecordError) -> [String] {
    try AtomicFile.replace(self.record, with: encoded(record))
    return [self.record] + made.paths.map(String.folder(ofFile:))
  }

  private func encoded(_ record: RunRecord) throws(RecordError) -> [UInt8] {
    do { return try record.encoded() } catch {
      throw RecordError(.content, "The record of run \(path) has no JSON form: \(error).")
    }
  }

  /// Removes the folder of a run that never began: its files, and the folders created for it unless they hold anything
  /// else.
  package func discard() {
    for file in [record, metrics, log, lock, invitation, initialWeights, finalWeights, rates] { unsafe unlink(file) }
    for file in (try? Self.content(of: tensorBoard)) ?? [] where file.hasPrefix("events.out.tfevents.") {
      unsafe unlink(tensorBoard + "/" + file)
    }
    unsafe rmdir(tensorBoard)
    try? FileManager.default.removeItem(atPath: path + "/checkpoints")
    made.removeEmpty()
  }

  /// The names in a folder; `nil` if it does not exist.
  private static func content(of path: String) throws(RecordError) -> [String]? {
    guard let isFolder = Self.isFolder(path) else { return nil }
    guard isFolder else {
      throw RecordError(.occupied, "Output folder \(path) is a file; accepted: a new or empty folder.")
    }
    do { return try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      throw RecordError(.system(EACCES), "Cannot list output folder \(path): \(error.localizedDescription)")
    }
  }

  /// `nil` if there is nothing.
  private static func isFolder(_ path: String) -> Bool? {
    var isDirectory: ObjCBool = false
    return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) ? isDirectory.boolValue : nil
  }

  /// `<yyyyMMdd-HHmmss>-<4 random hexadecimal digits>`, local time.
  package static func newName() -> String {
    let id = String(UInt32.random(in: 0x10000...0x1FFFF), radix: 16).dropFirst()
    return "\(moment())-\(id)"
  }

  /// The local time in names of folders, `<yyyyMMdd-HHmmss>`.
  package static func moment() -> String {
    var (now, parts) = unsafe (time(nil), tm())
    unsafe localtime_r(&now, &parts)
    return unsafe String(unsafeUninitializedCapacity: 32) { room in
      unsafe room.withMemoryRebound(to: CChar.self) {
        unsafe strftime($0.baseAddress, $0.count, "%Y%m%d-%H%M%S", &parts)
      }
    }
  }
}
