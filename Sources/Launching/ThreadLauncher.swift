package import Coordination
import Foundation

/// Members as threads of this process, for `inproc://`.
package final class ThreadLauncher: Launcher {
  private let body: @Sendable (Member, UInt64) -> String
  private let departures = Departures()

  /// - Parameter body: a member's life; returns how it ended.
  package init(_ body: @escaping @Sendable (Member, UInt64) -> String) { self.body = body }

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

  /// A thread can't be ended from outside; one that does not listen goes with the process.
  package func dismiss(within deadline: Double) { _ = departures.wait(seconds: deadline) }
}
