import Failures
import Foundation
import Records
import Roles
package import ZeroMQ

/// `join.json` in a run's folder: the endpoint and key for joining the run, present while a process leads it. Because it
/// holds the key, only its owner can read it.
package struct JoinFile: Hashable, Sendable, Codable {
  package let endpoint: String
  package let key: String
  /// The coordinator's.
  package let processID: Int

  package init(endpoint: ZeroMQ.Endpoint, session: UInt64) {
    self.endpoint = endpoint.reachable
    key = Invitation.key(of: session)
    processID = Int(ProcessInfo.processInfo.processIdentifier)
  }

  /// Reads the file of the run in folder `path`.
  ///
  /// - Throws: `RunError` if no process leads the run, or its members are threads of one process.
  package init(in path: String) throws {
    guard let data = FileManager.default.contents(atPath: RunFolder.invitation(in: path)) else {
      if RunLock.isHeld(runFolder: path) {
        throw RunError(
          ExitCode.unavailable,
          "the process that leads run \(path) lets nobody join: its members are its threads, or it is only starting")
      }
      let isRun = FileManager.default.fileExists(atPath: path + "/run.json")
      throw RunError(
        isRun ? ExitCode.unavailable : ExitCode.usage,
        isRun
          ? "no process is leading run \(path); tare train --resume \(path) continues it"
          : "folder \(path) holds no run; accepted: the folder of a running run")
    }
    guard let file = try? JSONDecoder().decode(JoinFile.self, from: data) else {
      throw RunError(ExitCode.badData, "\(RunFolder.invitation(in: path)) is not what tare train writes")
    }
    self = file
  }

  func write(to folder: RunFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(Array(encoder.encode(self)) + [0x0A], to: folder.invitation, mode: 0o600)
  }
}
