import Failures
import Foundation
import Hosting
import Records
package import Transport
package import ZeroMQ

/// `join.json` in a run's folder: the endpoint and key for joining the run, present while a process leads it. Because it
/// holds the key, only its owner can read it.
package struct JoinFile: Hashable, Sendable, Codable {
  package let endpoint: String
  package let key: String
  /// The coordinator's.
  package let processID: Int

  package init(endpoint: ZeroMQ.Endpoint, key: RunKey) {
    self.endpoint = (endpoint.reachable.first ?? endpoint).description
    self.key = key.text
    processID = Int(ProcessInfo.processInfo.processIdentifier)
  }

  /// Reads the file of the run in folder `path`.
  ///
  /// - Throws: `RunError` if no process leads the run, or its members are threads of one process.
  package init(in path: String) throws {
    guard let data = FileManager.default.contents(atPath: RunFolder.invitation(in: path)) else {
      throw Self.absence(in: path)
    }
    guard let file = try? JSONDecoder().decode(JoinFile.self, from: data) else {
      throw RunError(ExitCode.badData, "\(RunFolder.invitation(in: path)) is not what tare train writes")
    }
    self = file
  }

  /// Why nobody can join the run in a folder without the file.
  private static func absence(in path: String) -> RunError {
    guard FileManager.default.fileExists(atPath: path + "/run.json") else {
      return RunError(ExitCode.usage, "folder \(path) holds no run; accepted: the folder of a running run")
    }
    let record = RunRecord(inFolder: path)
    let advice =
      switch record?.standing(inFolder: path) {
      case .done: "run \(path) is done; it has no members any more"
      case .diverged: "run \(path) has diverged; it has no members any more"
      case .running:
        "the process that leads run \(path) lets nobody join: its members are its threads, or it is only starting"
      case .stopped, .failed, .interrupted, nil:
        "no process is leading run \(path); tare train --resume \(path) continues it"
      }
    return RunError(ExitCode.unavailable, advice)
  }

  func write(to folder: RunFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.replace(folder.invitation, with: Array(encoder.encode(self)) + [0x0A], mode: 0o600)
  }
}
