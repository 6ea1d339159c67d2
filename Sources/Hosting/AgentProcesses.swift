import Launching
import Synchronization
import Transport

/// The child processes by which agents are started: agents themselves, ssh, or srun.
final class AgentProcesses: Sendable {
  private let state = Mutex(State())
  private let departures = Departures()

  private struct State {
    var children: [String: Child] = [:]
    var isClosed = false
  }

  /// - Parameter ended: how the process ended, with the last line on stderr, unless `close` ended it.
  func start(
    _ name: String, _ program: String, _ arguments: [String], key: RunKey,
    ended: @escaping @Sendable (_ status: Child.ExitStatus, _ how: String) -> Void
  ) throws {
    guard !state.withLock({ $0.isClosed }) else { return }
    let errors = try ErrorTail(of: name)
    defer { errors.release() }
    let child = try Child(
      name, executable: program, arguments: arguments, environment: [:], log: errors.descriptor)
    departures.arrive()
    state.withLock { $0.children[name] = child }
    child.write(key.text + "\n")
    child.watch { [self] status in
      let isClosed = state.withLock { state in
        state.children[name] = nil
        return state.isClosed
      }
      let line = errors.lastLine()
      if !isClosed { ended(status, line.isEmpty ? "\(status)" : "\(status): \(line)") }
      departures.leave()
    }
  }

  /// Waits up to `deadline` seconds for the processes to end, then ends them.
  func close(within deadline: Double) {
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
}
