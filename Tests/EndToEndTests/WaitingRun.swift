import Foundation
import TestSupport
import Testing

/// A coordinator that waits for hosts or for members that are started by hand, and the lines that it printed for them.
struct WaitingRun {
  let process: TareProcess
  private let said: String

  /// - Parameters:
  ///   - arguments: of `SmallRun`.
  ///   - listen: where hosts join.
  ///   - script: for a shell, as in `TareProcess`.
  init(
    _ arguments: String, listen: String = "tcp://127.0.0.1:0", output: String, through script: String? = nil
  ) throws {
    try self.init(
      SmallRun.arguments("\(arguments) --launcher none --listen \(listen)", output: output), through: script)
  }

  /// The run in `folder` goes on.
  init(resuming folder: String, listen: String, through script: String? = nil) throws {
    try self.init(["train", "--json", "--resume", folder, "--launcher", "none", "--listen", listen], through: script)
  }

  private init(_ words: [String], through script: String?) throws {
    process = try TareProcess(words, through: script)
    said = try #require(process.waitForError(containing: " tare worker --join "))
  }

  /// The printed line for a role.
  func printed(_ role: String) throws -> PrintedCommand { try PrintedCommand(role, in: said) }

  /// Starts an agent.
  ///
  /// - Parameter script: for a shell, as in `TareProcess`.
  func host(_ name: String, _ options: String..., through script: String? = nil) throws -> TareProcess {
    try printed("host").start(
      ["--name", name] + options.flatMap { $0.split(separator: " ").map(String.init) }, through: script)
  }
}
