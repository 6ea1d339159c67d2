import Foundation
import GRDB
import Records

extension RunStore {
  /// `Tare` in ASCII: whose database it is.
  private static let applicationID = 0x5461_7265

  /// Versions of the schema, each a step from the one before.
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.create(table: "run") { table in
        table.primaryKey("folder", .text)
        table.column("stamp", .integer).notNull()
        table.column("sweep", .text).indexed()
        table.column("status", .text).notNull()
        table.column("cause", .text)
        table.column("started", .double).notNull()
        table.column("ended", .double)
        table.column("tare", .text)
        table.column("specHash", .text).notNull().indexed()
        table.column("weightsSHA256", .text)
        for name in ["testError", "bestTestError", "testLoss", "trainLoss", "seconds", "imagesPerSecond"] {
          table.column(name, .double)
        }
        // Everything that `tare train --json` prints.
        table.column("result", .text)
      }
      try database.create(table: "field") { table in
        table.column("folder", .text).notNull().references("run", onDelete: .cascade)
        table.column("path", .text).notNull()
        table.column("text", .text).notNull()
        table.column("number", .double)
        table.primaryKey(["folder", "path"])
      }
      try database.create(index: "fieldByValue", on: "field", columns: ["path", "number"])
    }
    // Fields have other names: the folders are read anew.
    migrator.registerMigration("2") { database in try database.execute(sql: "DELETE FROM run") }
    return migrator
  }

  /// Checks whose database it is, and brings it to this version.
  static func prepare(_ queue: DatabaseQueue, _ path: String) throws {
    let (owner, isEmpty, isNewer) = try queue.read { database in
      let owner = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      return (owner, tables == 0, try tables > 0 && owner == applicationID && migrator.hasBeenSuperseded(database))
    }
    guard owner == applicationID || isEmpty && owner == 0 else {
      throw RecordError(.content, "\(path) is another program's database; Tare makes its own in an empty place.")
    }
    guard !isNewer else {
      throw RecordError(
        .content, "\(path) was written by a newer version of tare; accepted: that version, or another --root.")
    }
    if owner != applicationID {
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      }
    }
    try migrator.migrate(queue)
  }
}
