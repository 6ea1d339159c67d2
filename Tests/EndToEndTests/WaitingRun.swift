import Foundation
import TestSupport
import Testing

/// A coordinator that waits for hosts, and the line that it printed for them.
struct WaitingRun {
  let process: TareProcess
  /// `host --join …`.
  let command: [String]
  let key: String

  /// - Parameters:
  ///   - arguments: of `SmallRun`.
  ///   - listen: where hosts join.
  init(_ arguments: String, listen: String = "tcp://127.0.0.1:0", output: String) throws {
    process = try TareProcess(SmallRun.arguments("\(arguments) --launcher none --listen \(listen)", output: output))
    let said = try #require(process.waitForError(containing: "or start the processes one by one"))
    let line = try #require(said.split(separator: "\n").first { $0.contains(" tare host ") })
    let words = line.split(separator: " ").map(String.init)
    key = String(words[0].dropFirst("TARE_KEY=".count))
    command = Array(words.dropFirst(2))
  }

  /// Starts an agent.
  ///
  /// - Parameter script: for a shell, as in `TareProcess`.
  func host(_ name: String, _ options: String..., through script: String? = nil) throws -> TareProcess {
    try TareProcess(
      command + ["--name", name] + options.flatMap { $0.split(separator: " ").map(String.init) }, through: script,
      variables: ["TARE_KEY": key])
  }
}
