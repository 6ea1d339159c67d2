import Failures
import Foundation
import GRDB
import Records
package import RunFilters

/// `tare.sqlite`: an index of the runs below one folder.
///
/// The runs' folders are authoritative. Readers update the store, so no run waits for it, and it can be deleted at any
/// time. Several processes may use it at once.
package struct RunStore: Sendable {
  package let root: String
  /// Whether the index is in memory only, because the folder cannot be written.
  package let isInMemory: Bool
  let queue: DatabaseQueue

  /// Opens the store below `root`, or creates it.
  ///
  /// - Parameters:
  ///   - patience: seconds to wait while another process writes.
  ///   - isInMemory: whether to leave the folder as it is and read all of it.
  /// - Throws: `UsageError` for a missing folder, `RecordError` for a database that is not Tare's, newer or locked.
  package init(root: String, patience: Double = 10, inMemory isInMemory: Bool = false) throws {
    self.root = root
    self.isInMemory = isInMemory
    var isDirectory: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: root, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw UsageError(field: "root", "folder \(root) does not exist; accepted: a folder with runs.")
    }
    let path = root + "/tare.sqlite"
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    configuration.foreignKeysEnabled = true
    queue = try Self.described(path) {
      let queue =
        try isInMemory
        ? DatabaseQueue(configuration: configuration) : DatabaseQueue(path: path, configuration: configuration)
      // The migrator looks for what is missing in one transaction and makes it in others.
      let turn = isInMemory ? nil : FolderTurn(root, patience: patience)
      defer { turn?.end() }
      try Self.prepare(queue, path)
      return queue
    }
  }

  /// The store below `root`, up to date. Where it cannot be written, as on a read-only disk or in another user's folder,
  /// it is in memory.
  ///
  /// - Parameters: as of `update`.
  /// - Throws: as `init`.
  package static func current(
    root: String, notice: (String) -> Void = { _ in }, progress: (_ read: Int, _ changed: Int) -> Void = { _, _ in }
  ) throws -> RunStore {
    do {
      let store = try RunStore(root: root)
      try store.update(notice: notice, progress: progress)
      return store
    } catch let error as Records.RecordError {
      guard case .system = error.code else { throw error }
      let store = try RunStore(root: root, inMemory: true)
      try store.update(notice: notice, progress: progress)
      return store
    }
  }

  /// Reads what has changed below the root.
  ///
  /// - Parameters:
  ///   - notice: takes sentences about what was left out.
  ///   - progress: called with each run read, and with how many there are to read.
  /// - Returns: the number of runs read.
  @discardableResult
  package func update(
    notice: (String) -> Void = { _ in }, progress: (_ read: Int, _ changed: Int) -> Void = { _, _ in }
  ) throws -> Int {
    let scan = RunScan(below: root)
    scan.omissions.forEach(notice)
    let found = scan.stamps
    return try described {
      let known = try queue.read { database in
        try Row.fetchAll(database, sql: "SELECT folder, stamp, status FROM run").reduce(
          into: [UserPath: (stamp: Int64, status: String)]()
        ) { $0[UserPath($1["folder"], home: nil)] = ($1["stamp"], $1["status"]) }
      }
      let gone = Set(known.keys).subtracting(found.keys)
      let changed = found.filter { folder, stamp in
        known[folder].map { $0.stamp != stamp || !Self.isSettled($0.status) } ?? true
      }
      guard !gone.isEmpty || !changed.isEmpty else { return 0 }
      let entries = changed.enumerated().compactMap { index, run in
        progress(index, changed.count)
        return RunEntry(root: root, folder: run.key.text).map { ($0, run.value) }
      }
      try queue.write { database in
        for folder in gone { try database.execute(sql: "DELETE FROM run WHERE folder = ?", arguments: [folder.text]) }
        for (entry, stamp) in entries { try entry.save(database, stamp: stamp) }
      }
      return entries.count
    }
  }

  /// Whether the status cannot change while the record does not. The lock of a running run changes no file's time, and
  /// an unknown status has to be read again.
  private static func isSettled(_ status: String) -> Bool {
    RunStatus(rawValue: status).map { $0 != .running && $0 != .stopped } ?? false
  }

  /// The runs that `filter` selects.
  ///
  /// - Parameters:
  ///   - column: the sort key, default start time; runs without a value come last.
  ///   - limit: the most runs to return.
  package func runs(
    where filter: RunFilter = RunFilter(), sortedBy column: RunColumn? = nil, descending: Bool = false,
    limit: Int? = nil
  ) throws -> [RunEntry] {
    let query = RunQuery(filter, sortedBy: column, descending: descending, limit: limit)
    return try described {
      try queue.read { database in
        let rows = try Row.fetchAll(database, sql: query.sql, arguments: StatementArguments(query.arguments))
        let fields = try database.makeStatement(sql: "SELECT path, text FROM field WHERE folder = ?")
        return try rows.map { row in
          let pairs = try Row.fetchAll(fields, arguments: [row["folder"] as String])
          return try RunEntry(row, fields: pairs.reduce(into: [:]) { $0[$1["path"]] = $1["text"] })
        }
      }
    }
  }

  private func described<Result>(_ body: () throws -> Result) throws -> Result {
    try Self.described(root + "/tare.sqlite", body)
  }

  /// The database's errors as a sentence that names the file.
  static func described<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED:
        throw RecordError(.occupied, "\(path) is locked by another program; try again when that has ended.")
      case .SQLITE_NOTADB, .SQLITE_CORRUPT:
        throw RecordError(
          .content,
          "\(path) is not a database, or is damaged; it can be deleted, tare rebuilds it from the runs' folders.")
      default:
        throw RecordError(.system(EIO), "Cannot use \(path): \(error.message ?? "error \(error.resultCode.rawValue)").")
      }
    }
  }
}
