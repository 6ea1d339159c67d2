import Foundation

extension RunRecord {
  /// The record in a run's folder; `nil` where there is none, and for one that was cut off while it was written.
  package init?(inFolder path: String) {
    guard let data = FileManager.default.contents(atPath: path + "/run.json"),
      let record = try? RunRecord(decoding: Array(data))
    else { return nil }
    self = record
  }

  /// How the run in the folder stands: its status, but `stopped` where the record says `running` and nobody leads the run any
  /// more. Such a run was cut off, and can be resumed.
  package func standing(inFolder path: String) -> String {
    status == .running && !RunLock.isHeld(runFolder: path) ? "stopped" : status.rawValue
  }

  /// `result` as the run left it; `nil` while there is none, and for one that this version can't read.
  package var runResult: RunResult? { result.flatMap { try? $0.decoded() } }
}

extension JSONValue {
  /// `value` as it is coded.
  package init(encoding value: some Encodable) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
  }

  /// What this is the coding of.
  package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: JSONEncoder().encode(self))
  }
}
