package import Coordination

/// Members as child processes on this machine.
package final class ProcessLauncher: Launcher {
  private let executable: String
  private let environment: [String: String]
  private let log: Int32
  private let arguments: (Member) -> [String]
  private let departures = Departures()
  private var children: [Child] = []

  /// - Parameters:
  ///   - environment: added to ours; not visible to other users, as arguments are.
  ///   - log: an open file that takes the children's stderr.
  package init(
    executable: String, environment: [String: String], log: Int32, arguments: @escaping (Member) -> [String]
  ) {
    self.executable = executable
    self.environment = environment
    self.log = log
    self.arguments = arguments
  }

  package func launch(_ member: Member, ended: @escaping @Sendable (String) -> Void) throws {
    let child = try Child(
      member, executable: executable, arguments: arguments(member), environment: environment, log: log)
    children.append(child)
    departures.arrive()
    child.watch { [departures] ending in
      ended("\(ending)")
      departures.leave()
    }
  }

  package func dismiss(within deadline: Double) {
    // Who has not joined yet hears no word of the coordinator; the end of its lifeline it notices at once.
    for child in children { child.release() }
    if !departures.wait(seconds: deadline) {
      for child in children { child.kill() }
      _ = departures.wait(seconds: deadline)
    }
    children = []
  }
}
