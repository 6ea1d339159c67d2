import Foundation
import TestSupport
import Testing

/// A coordinator that waits for hosts, and the line that it printed for them.
struct WaitingRun {
  let process: TareProcess
  private let printed: PrintedCommand
  /// `host --join …`.
  var command: [String] { printed.arguments }

  /// - Parameters:
  ///   - arguments: of `SmallRun`.
  ///   - listen: where hosts join.
  init(_ arguments: String, listen: String = "tcp://127.0.0.1:0", output: String) throws {
    process = try TareProcess(SmallRun.arguments("\(arguments) --launcher none --listen \(listen)", output: output))
    let said = try #require(process.waitForError(containing: "or start the processes one by one"))
    printed = try PrintedCommand("host", in: said)
  }

  /// Starts an agent.
  ///
  /// - Parameter script: for a shell, as in `TareProcess`.
  func host(_ name: String, _ options: String..., through script: String? = nil) throws -> TareProcess {
    try TareProcess(
      command + ["--name", name] + options.flatMap { $0.split(separator: " ").map(String.init) }, through: script,
      variables: printed.variables)
  }
}
