import Failures
import Foundation
import Launching
import Synchronization
import Transport
package import ZeroMQ

/// Starts the agents of a list of hosts: over ssh, or as a child on this machine. It hands each the key over stdin, which stays
/// open: its end tells the agent that this process is gone.
package final class AgentStarter: Sendable {
  private let entries: [HostList.Entry]
  private let hosts: Hosts
  private let endpoints: [ZeroMQ.Endpoint]
  private let shell: [String]
  private let state = Mutex(State())
  private let departures = Departures()

  private struct State {
    var children: [String: Child] = [:]
    var isClosed = false
  }

  /// - Parameters:
  ///   - endpoints: addresses of the pool.
  ///   - shell: the words that precede host and command, such as `ssh`.
  package init(_ list: HostList, for hosts: Hosts, at endpoints: [ZeroMQ.Endpoint], shell: [String] = remoteShell) {
    (entries, self.hosts, self.endpoints, self.shell) = (list.entries, hosts, endpoints, shell)
  }

  /// `TARE_SSH` may name another program or give options, as GIT_SSH_COMMAND and RSYNC_RSH do.
  package static var remoteShell: [String] {
    let words = ProcessInfo.processInfo.environment["TARE_SSH"]?.split(separator: " ").map(String.init) ?? []
    return words.isEmpty ? ["ssh"] : words
  }

  package func start() { for entry in entries { start(entry) } }

  /// Waits up to `deadline` seconds for the agents to end, then ends them.
  package func close(within deadline: Double = 5) {
    let children = state.withLock { state in
      state.isClosed = true
      return Array(state.children.values)
    }
    for child in children { child.release() }
    if !departures.wait(seconds: deadline) {
      for child in children { child.kill() }
      _ = departures.wait(seconds: 5)
    }
  }

  private func start(_ entry: HostList.Entry) {
    do {
      let errors = try ErrorTail(of: "host \(entry.name)")
      defer { errors.release() }
      let (program, arguments) = entry.isLocal ? ("/proc/self/exe", local(entry)) : try remote(entry)
      let child = try Child(
        "host \(entry.name)", executable: program, arguments: arguments, environment: [:], log: errors.descriptor)
      departures.arrive()
      state.withLock { $0.children[entry.name] = child }
      child.write(hosts.key.text + "\n")
      child.watch { [self] status in
        ended(entry, "\(status)", errors.lastLine())
        departures.leave()
      }
    } catch {
      hosts.noteAbsence(of: entry.name, why: "\(error)")
    }
  }

  private func ended(_ entry: HostList.Entry, _ status: String, _ line: String) {
    let isClosed = state.withLock { state in
      state.children[entry.name] = nil
      return state.isClosed
    }
    guard !isClosed else { return }
    hosts.noteAbsence(of: entry.name, why: line.isEmpty ? status : "\(status): \(line)")
  }

  private func local(_ entry: HostList.Entry) -> [String] { ["host"] + options(entry) }

  private func remote(_ entry: HostList.Entry) throws(RunError) -> (program: String, arguments: [String]) {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let candidates = shell[0].contains("/") ? [shell[0]] : path.split(separator: ":").map { "\($0)/\(shell[0])" }
    guard let program = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw RunError(ExitCode.unavailable, "\(shell[0]) is not found on the PATH")
    }
    let script = ShellText.command(["exec", "/bin/sh", "-c", Self.script(entry, options(entry))])
    return (program, shell.dropFirst() + [entry.name, script])
  }

  /// Finds `tare` also where the PATH of a shell that is not interactive does not lead.
  static func script(_ entry: HostList.Entry, _ options: [String]) -> String {
    let arguments = ShellText.command(options)
    if let program = entry.program { return "exec \(ShellText.command([program])) host \(arguments)" }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "tare"
    return """
      for tare in tare \(ShellText.command([own])) "$HOME/.local/bin/tare" "$HOME/bin/tare" /usr/local/bin/tare; do \
      command -v "$tare" > /dev/null 2>&1 && exec "$tare" host \(arguments); done; \
      echo "tare is not found; accepted: tare=PATH in the file of hosts" >&2; exit 127
      """
  }

  private func options(_ entry: HostList.Entry) -> [String] {
    var options = ["--launched", "--name", entry.name, "--join", endpoints.map(\.description).joined(separator: ",")]
    if let slots = entry.slots { options += ["--slots", "\(slots)"] }
    if let data = entry.data { options += ["--data", data] }
    return options
  }
}
