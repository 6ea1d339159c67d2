import Foundation
import GRDB
import Records

extension RunEntry {
  init(_ row: Row, fields: [String: String]) throws {
    let result: String? = row["result"]
    guard let status = RunStatus(rawValue: row["status"]) else {
      throw RecordError(
        .content, "Run \(row["folder"] as String) has a status that this version of tare does not know.")
    }
    self.init(
      folder: row["folder"], sweep: row["sweep"], status: status, cause: row["cause"],
      started: Date(timeIntervalSince1970: row["started"]),
      ended: (row["ended"] as Double?).map(Date.init(timeIntervalSince1970:)), tare: row["tare"],
      specHash: row["specHash"], learningRate: row["learningRate"], decay: row["decay"],
      result: try result.map { try JSONDecoder().decode(RunResult.self, from: Data($0.utf8)) },
      fields: fields)
  }

  func save(_ database: Database, stamp: Int64) throws {
    try database.execute(sql: "DELETE FROM run WHERE folder = ?", arguments: [folder])
    let json = try result.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    try database.execute(
      sql: """
        INSERT INTO run (folder, stamp, sweep, status, cause, started, ended, tare, specHash, learningRate, decay,
          weightsSHA256, testError, bestTestError, testLoss, trainLoss, seconds, imagesPerSecond, result)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        folder, stamp, sweep, status.rawValue, cause, started.timeIntervalSince1970, ended?.timeIntervalSince1970, tare,
        specHash, learningRate, decay,
        result?.weightsSHA256, result?.testError, result?.bestTestError, result?.testLoss, result?.trainLoss,
        result?.seconds, result?.imagesPerSecond, json,
      ])
    let statement = try database.makeStatement(
      sql: "INSERT INTO field (folder, path, text, number) VALUES (?, ?, ?, ?)")
    for (path, text) in fields { try statement.execute(arguments: [folder, path, text, Double(text)]) }
  }
}
