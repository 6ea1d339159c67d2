import Failures
import Launching

/// The program on another machine, as ssh reaches it without a question.
package enum RemoteProgram {
  package enum Answer: Hashable, Sendable {
    /// The first line of `tare --version` over there.
    case version(String)
    case noProgram
    /// Why the machine cannot be reached.
    case failure(String)
  }

  /// - Parameter deadline: in seconds.
  package static func answer(of entry: HostList.Entry, within deadline: Double) -> Answer {
    do {
      let command = try ShellStarter.command(
        on: entry, ["--version"], shell: ShellStarter.remoteShell + ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10"])
      let said = try Program(command.program).output(command.arguments, within: deadline)
      return .version(said.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
    } catch {
      let words = "\(error)"
      return words.contains("tare is not found") ? .noProgram : .failure(words)
    }
  }
}
