import Failures
import Foundation
import Launching
package import Transport
package import ZeroMQ

/// Starts the agents of a list of hosts over ssh, and that of `localhost` as a child.
package struct ShellStarter: AgentStarter {
  private let entries: [HostList.Entry]
  private let shell: [String]
  private let copies: Bool
  private let processes = AgentProcesses()

  /// - Parameters:
  ///   - copies: whether to put this program on the machines first.
  ///   - shell: the words that precede host and command, such as `ssh`.
  package init(_ list: HostList, copies: Bool = false, shell: [String] = remoteShell) {
    (entries, self.copies, self.shell) = (list.entries, copies, shell)
  }

  /// `TARE_SSH` may name another program or give options, as GIT_SSH_COMMAND and RSYNC_RSH do.
  package static var remoteShell: [String] {
    let words = ProcessInfo.processInfo.environment["TARE_SSH"]?.split(separator: " ").map(String.init) ?? []
    return words.isEmpty ? ["ssh"] : words
  }

  package var hosts: [String] { entries.map(\.name) }

  package func start(joining endpoints: [ZeroMQ.Endpoint], key: RunKey, absent: @escaping Absent) {
    start(entries, joining: endpoints, key: key, absent: absent)
  }

  package func restart(_ host: String, joining endpoints: [ZeroMQ.Endpoint], key: RunKey, absent: @escaping Absent) {
    start(entries.filter { $0.name == host }, joining: endpoints, key: key, absent: absent)
  }

  private func start(
    _ entries: [HostList.Entry], joining endpoints: [ZeroMQ.Endpoint], key: RunKey, absent: @escaping Absent
  ) {
    let copy = copies ? Result { try ProgramCopy() } : nil
    for entry in entries {
      guard let copy, !entry.isLocal else {
        start(entry, joining: endpoints, key: key, absent: absent)
        continue
      }
      // All machines at the same time.
      Thread.detachNewThread { [self] in
        do {
          let copy = try copy.get()
          try copy.put(over: shell + [entry.name])
          start(entry, at: copy.path, joining: endpoints, key: key, absent: absent)
        } catch {
          absent(entry.name, "\(error)", true)
        }
      }
    }
  }

  package func close(within deadline: Double) { processes.close(within: deadline) }

  /// - Parameter path: of the program over there, for a shell; `nil` looks for it.
  private func start(
    _ entry: HostList.Entry, at path: String? = nil, joining endpoints: [ZeroMQ.Endpoint], key: RunKey,
    absent: @escaping Absent
  ) {
    let arguments = AgentCommand(
      name: entry.name, endpoints: endpoints, slots: entry.slots, data: entry.data,
      interface: entry.interface
    ).arguments
    do {
      let command =
        entry.isLocal
        ? ("/proc/self/exe", arguments) : try Self.command(on: entry, at: path, arguments, shell: shell)
      try processes.start("host \(entry.name)", command.0, command.1, key: key) { status, how in
        absent(entry.name, how, Self.isSudden(status))
      }
    } catch {
      absent(entry.name, "\(error)", true)
    }
  }

  /// ssh exits with 255 when its connection ends, or the command over there by a signal; an agent that leaves has another code.
  private static func isSudden(_ status: Child.ExitStatus) -> Bool {
    switch status {
    case .exited(let code): code == 255
    case .signaled: true
    }
  }

  /// What starts `tare` on another machine.
  static func command(
    on entry: HostList.Entry, at path: String? = nil, _ arguments: [String], shell: [String]
  ) throws(RunError) -> (program: String, arguments: [String]) {
    let program = try Program(shell[0]).path
    let script = ShellText.command(["exec", "/bin/sh", "-c", script(entry, path, arguments)])
    return (program, shell.dropFirst() + [entry.name, script])
  }

  /// Finds `tare` also where the PATH of a shell that is not interactive does not lead.
  static func script(_ entry: HostList.Entry, _ path: String?, _ arguments: [String]) -> String {
    let arguments = ShellText.command(arguments)
    if let path { return "exec \"\(path)\" \(arguments)" }
    if let program = entry.program { return "exec \(ShellText.command([program])) \(arguments)" }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "tare"
    return """
      for tare in tare \(ShellText.command([own])) "$HOME/.local/bin/tare" "$HOME/bin/tare" /usr/local/bin/tare; do \
      command -v "$tare" > /dev/null 2>&1 && exec "$tare" \(arguments); done; \
      echo "tare is not found; accepted: tare=PATH in the file of hosts" >&2; exit 127
      """
  }
}
