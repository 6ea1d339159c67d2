package import Coordination

/// Members as child processes on this machine.
package final class ProcessLauncher: Launcher {
  private let executable: String
  private let environment: [String: String]
  private let log: Int32
  private let arguments: (Member, UInt64) -> [String]
  private let departures = Departures()
  private var children: [Member: Child] = [:]

  /// - Parameters:
  ///   - environment: added to ours; not visible to other users, as arguments are.
  ///   - log: an open file that takes the children's stderr.
  package init(
    executable: String, environment: [String: String], log: Int32, arguments: @escaping (Member, UInt64) -> [String]
  ) {
    self.executable = executable
    self.environment = environment
    self.log = log
    self.arguments = arguments
  }

  package func launch(_ member: Member, incarnation: UInt64, ended: @escaping @Sendable (String) -> Void) throws {
    end(member)
    let child = try Child(
      "\(member)", executable: executable, arguments: arguments(member, incarnation), environment: environment, log: log
    )
    children[member] = child
    departures.arrive()
    child.watch { [departures] ending in
      ended("\(ending)")
      departures.leave()
    }
  }

  package func end(_ member: Member) {
    guard let child = children.removeValue(forKey: member) else { return }
    // It may be stopped, or wait for something: the end of its lifeline would not do.
    child.kill()
    child.release()
  }

  package func dismiss(within deadline: Double) {
    // Who has not joined yet hears no word of the coordinator; the end of its lifeline it notices at once.
    for child in children.values { child.release() }
    if !departures.wait(seconds: deadline) {
      for child in children.values { child.kill() }
      // Whoever was killed goes; how soon is the kernel's business.
      _ = departures.wait(seconds: 10)
    }
    children = [:]
  }
}
