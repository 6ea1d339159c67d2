package import Coordination
import Foundation

/// Members as threads of this process, for `inproc://`.
package final class ThreadLauncher: Launcher {
  private let body: @Sendable (Member) -> String
  private let departures = Departures()

  /// - Parameter body: a member's life; returns how it ended.
  package init(_ body: @escaping @Sendable (Member) -> String) { self.body = body }

  package func launch(_ member: Member, ended: @escaping @Sendable (String) -> Void) {
    let (body, departures) = (body, departures)
    departures.arrive()
    let thread = Thread {
      ended(body(member))
      departures.leave()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// A thread can't be ended from outside; one that does not listen goes with the process.
  package func dismiss(within deadline: Double) { _ = departures.wait(seconds: deadline) }
}
