package import Coordination
import Foundation

/// Members as threads of this process, for `inproc://`.
package final class ThreadLauncher: Launcher {
  private let body: @Sendable (Member, UInt64) -> String
  private let interrupt: () -> Void
  private let departures = Departures()

  /// - Parameters:
  ///   - interrupt: wakes every member that waits for something, for good.
  ///   - body: a member's life; returns how it ended.
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

  /// A thread can't be ended; it ends when it finds that its place is another's.
  package func end(_ member: Member) {}

  /// A thread can't be ended from outside; one that computes for longer goes with the process.
  package func dismiss(within deadline: Double) {
    // Who has not joined yet hears no word of the coordinator.
    interrupt()
    _ = departures.wait(seconds: deadline)
  }
}
