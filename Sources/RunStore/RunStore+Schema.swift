import Foundation
import GRDB
import Records

extension RunStore {
  /// `Tare` in ASCII, which identifies the database as ours.
  private static let applicationID = 0x5461_7265

  /// The schema as a sequence of migrations.
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
        // What `tare train --json` prints.
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
    // Fields were renamed: read the folders again.
    migrator.registerMigration("2") { database in try database.execute(sql: "DELETE FROM run") }
    migrator.registerMigration("3") { database in
      try database.execute(sql: "DELETE FROM run")
      try database.alter(table: "run") { table in
        table.add(column: "learningRate", .double).notNull().defaults(to: 0)
        table.add(column: "decay", .double).notNull().defaults(to: 0)
      }
    }
    return migrator
  }

  /// Checks that the database is ours, and migrates it to this version.
  static func prepare(_ queue: DatabaseQueue, _ path: String) throws {
    let (owner, isEmpty, isNewer) = try queue.read { database in
      let owner = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      return (owner, tables == 0, try tables > 0 && owner == applicationID && migrator.hasBeenSuperseded(database))
    }
    guard owner == applicationID || isEmpty && owner == 0 else {
      throw RecordError(.content, "\(path) belongs to another program; accepted: a folder without that file.")
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
