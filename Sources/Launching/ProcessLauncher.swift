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
  ///   - environment: added to the parent's; unlike arguments, it is not visible to other users.
  ///   - log: an open file that receives the children's stderr.
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
    // The child may be stopped or blocked, so closing its lifeline would not be enough.
    child.kill()
    child.release()
  }

  package func dismiss(within deadline: Double) {
    // A child that has not joined yet receives no messages of the coordinator, but notices at once that its lifeline is
    // closed.
    for child in children.values { child.release() }
    if !departures.wait(seconds: deadline) {
      for child in children.values { child.kill() }
      // The killed children do end; how soon depends on the kernel.
      _ = departures.wait(seconds: 10)
    }
    children = [:]
  }
}
