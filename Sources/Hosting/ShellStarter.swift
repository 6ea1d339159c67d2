import Failures
import Foundation
import Launching
package import Transport
package import ZeroMQ

/// Starts the agents of a list of hosts over ssh, and that of `localhost` as a child.
package struct ShellStarter: AgentStarter {
  private let entries: [HostList.Entry]
  private let shell: [String]
  private let processes = AgentProcesses()

  /// - Parameter shell: the words that precede host and command, such as `ssh`.
  package init(_ list: HostList, shell: [String] = remoteShell) {
    (entries, self.shell) = (list.entries, shell)
  }

  /// `TARE_SSH` may name another program or give options, as GIT_SSH_COMMAND and RSYNC_RSH do.
  package static var remoteShell: [String] {
    let words = ProcessInfo.processInfo.environment["TARE_SSH"]?.split(separator: " ").map(String.init) ?? []
    return words.isEmpty ? ["ssh"] : words
  }

  package var hosts: [String] { entries.map(\.name) }

  package func start(
    joining endpoints: [ZeroMQ.Endpoint], key: RunKey, absent: @escaping @Sendable (String, String) -> Void
  ) {
    for entry in entries {
      let arguments = AgentCommand(
        name: entry.name, endpoints: endpoints, slots: entry.slots, data: entry.data,
        interface: entry.interface
      ).arguments
      do {
        let command = entry.isLocal ? ("/proc/self/exe", arguments) : try remote(entry, arguments)
        try processes.start("host \(entry.name)", command.0, command.1, key: key) { absent(entry.name, $0) }
      } catch {
        absent(entry.name, "\(error)")
      }
    }
  }

  package func close(within deadline: Double) { processes.close(within: deadline) }

  private func remote(
    _ entry: HostList.Entry, _ arguments: [String]
  ) throws(RunError) -> (program: String, arguments: [String]) {
    let program = try Program(shell[0]).path
    let script = ShellText.command(["exec", "/bin/sh", "-c", Self.script(entry, arguments)])
    return (program, shell.dropFirst() + [entry.name, script])
  }

  /// Finds `tare` also where the PATH of a shell that is not interactive does not lead.
  static func script(_ entry: HostList.Entry, _ arguments: [String]) -> String {
    let arguments = ShellText.command(arguments)
    if let program = entry.program { return "exec \(ShellText.command([program])) \(arguments)" }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "tare"
    return """
      for tare in tare \(ShellText.command([own])) "$HOME/.local/bin/tare" "$HOME/bin/tare" /usr/local/bin/tare; do \
      command -v "$tare" > /dev/null 2>&1 && exec "$tare" \(arguments); done; \
      echo "tare is not found; accepted: tare=PATH in the file of hosts" >&2; exit 127
      """
  }
}
