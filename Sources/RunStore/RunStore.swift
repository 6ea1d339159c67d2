import Failures
import Foundation
import GRDB
import Records

/// `tare.sqlite`: an index of the runs that lie below one folder.
///
/// The runs' folders are the truth and the store follows them: it is brought up to date by whoever reads it, so that no
/// run waits for it, and it can be thrown away. Several processes may use it at once.
package struct RunStore: Sendable {
  package let root: String
  let queue: DatabaseQueue

  /// Opens the store below `root`, or makes one.
  ///
  /// - Parameter patience: seconds to wait for another program that writes.
  /// - Throws: `UsageError` for a folder that is not there, `RecordError` for a database that is not ours, newer or locked.
  package init(root: String, patience: Double = 10) throws {
    self.root = root
    var isDirectory: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: root, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw UsageError(field: "root", "folder \(root) is not there; accepted: a folder with runs.")
    }
    let path = root + "/tare.sqlite"
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    configuration.foreignKeysEnabled = true
    queue = try Self.described(path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try Self.prepare(queue, path)
      return queue
    }
  }

  /// Takes in what has changed below the root.
  ///
  /// - Returns: how many runs were read again.
  @discardableResult
  package func update() throws -> Int {
    let found = RunScan.runs(below: root)
    return try described {
      let known = try queue.read { database in
        try Row.fetchAll(database, sql: "SELECT folder, stamp, status FROM run").reduce(
          into: [String: (stamp: Int64, status: String)]()
        ) { $0[$1["folder"]] = ($1["stamp"], $1["status"]) }
      }
      let gone = Set(known.keys).subtracting(found.keys)
      // Whether somebody leads it shows in no file's time.
      let changed = found.filter { folder, stamp in
        known[folder].map { $0.stamp != stamp || $0.status == "running" || $0.status == "stopped" } ?? true
      }
      guard !gone.isEmpty || !changed.isEmpty else { return 0 }
      let entries = changed.compactMap { folder, stamp in
        RunEntry(root: root, folder: folder).map { ($0, stamp) }
      }
      try queue.write { database in
        for folder in gone { try database.execute(sql: "DELETE FROM run WHERE folder = ?", arguments: [folder]) }
        for (entry, stamp) in entries { try entry.save(database, stamp: stamp) }
      }
      return entries.count
    }
  }

  /// The runs that `filter` wants.
  ///
  /// - Parameters:
  ///   - column: what to sort by; runs without a value come last. Without it the order of their beginning.
  ///   - limit: how many at most.
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
        throw RecordError(.occupied, "\(path) is locked by another program; it can be used when that has ended.")
      case .SQLITE_NOTADB, .SQLITE_CORRUPT:
        throw RecordError(
          .content, "\(path) is no database, or damaged; it can be deleted: it is made anew from the runs' folders.")
      default:
        throw RecordError(.system(EIO), "Cannot use \(path): \(error.message ?? "error \(error.resultCode.rawValue)").")
      }
    }
  }
}
