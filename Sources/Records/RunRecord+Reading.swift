import Foundation

extension RunRecord {
  /// The record in a run's folder; `nil` if there is none that this version can read.
  package init?(inFolder path: String) {
    guard let data = FileManager.default.contents(atPath: path + "/run.json"),
      let record = try? RunRecord(decoding: Array(data))
    else { return nil }
    self = record
  }

  /// The current status of the run in the folder: as recorded, but `stopped` if the record says `running` and no
  /// process holds the run's lock.
  package func standing(inFolder path: String) -> RunStatus {
    guard status == .running, !RunLock.isHeld(runFolder: path) else { return status }
    // A run records its end before it releases the lock, so the record may have been read too early.
    let latest = RunRecord(inFolder: path)?.status ?? status
    return latest == .running ? .stopped : latest
  }

  /// `result` decoded; `nil` if there is none that this version can read.
  package var runResult: RunResult? { result.flatMap { try? $0.decoded() } }
}

extension JSONValue {
  /// Decodes the value.
  package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: JSONEncoder().encode(self))
  }
}
