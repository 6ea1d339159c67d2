package import Coordination
import Foundation

/// Members as threads of this process, for `inproc://`.
package final class ThreadLauncher: Launcher {
  private let body: @Sendable (Member, UInt64) -> String
  private let interrupt: () -> Void
  private let departures = Departures()

  /// - Parameters:
  ///   - interrupt: permanently unblocks every member that waits for something.
  ///   - body: runs a member; returns how it ended.
  package init(interrupt: @escaping () -> Void, _ body: @escaping @Sendable (Member, UInt64) -> String) {
    (self.interrupt, self.body) = (interrupt, body)
  }

  package func launch(_ member: Member, incarnation: UInt64, ended: @escaping @Sendable (String) -> Void) {
    let (body, departures) = (body, departures)
    departures.arrive()
    let thread = Thread {
      ended(body(member, incarnation))
      departures.leave()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// A thread cannot be killed; it ends when it finds that another incarnation has taken its place.
  package func end(_ member: Member) {}

  /// A thread cannot be killed; one that computes for longer ends with the process.
  package func dismiss(within deadline: Double) {
    // A member that has not joined yet receives no messages of the coordinator.
    interrupt()
    _ = departures.wait(seconds: deadline)
  }
}
