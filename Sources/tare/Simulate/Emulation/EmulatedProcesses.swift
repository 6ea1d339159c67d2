import Failures
import Foundation
import Launching
import Synchronization

/// Processes of one emulated cluster. All of them end with it, and with this process.
final class EmulatedProcesses: Sendable {
  private struct Running {
    var children: [Child] = []
    var isOver = false
    /// In the order in which they have ended.
    var ends: [(name: String, status: Child.ExitStatus)] = []
  }

  private let running = Mutex(Running())
  private let departures = Departures()
  private let someEnd = DispatchSemaphore(value: 0)

  /// - Parameter log: an open file for its stderr.
  @discardableResult func start(
    _ name: String, _ program: Program, _ arguments: [String], environment: [String: String] = [:], log: Int32
  ) throws -> pid_t {
    try running.withLock { running in
      guard !running.isOver else { throw RunError(ExitCode.software, "\(name) starts when the others have ended") }
      let child = try Child(
        name, executable: program.path, arguments: arguments, environment: environment, log: log)
      running.children.append(child)
      departures.arrive()
      child.watch { [self] status in
        self.running.withLock { $0.ends.append((name, status)) }
        departures.leave()
        someEnd.signal()
      }
      return child.processID
    }
  }

  /// Waits for the next one to end, in the order in which they do; `nil` if none has within `seconds`.
  func nextEnd(within seconds: Double) -> (name: String, status: Child.ExitStatus)? {
    guard someEnd.wait(timeout: .now() + seconds) == .success else { return nil }
    ProcessExit.waitIfBegun()
    return running.withLock { $0.ends.isEmpty ? nil : $0.ends.removeFirst() }
  }

  /// Ends all of them; none can be started afterwards.
  func endAll() {
    running.withLock { running in
      running.isOver = true
      for child in running.children {
        child.kill()
        child.release()
      }
      running.children = []
    }
    // How soon depends on the kernel.
    _ = departures.wait(seconds: 10)
  }
}
