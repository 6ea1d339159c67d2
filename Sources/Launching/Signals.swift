import Foundation
import Glibc
package import Synchronization

/// SIGINT and SIGTERM as events instead of interruptions.
package enum Signals {
  /// Calls `received` with each signal, from a thread of its own. Call it before any other thread starts, because
  /// threads inherit which signals are held back.
  package static func follow(_ received: @escaping @Sendable (Int32) -> Void) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGINT)
    unsafe sigaddset(&set, SIGTERM)
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    // A peer that is gone, and a file that may not grow, show in return values.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    let watched = set
    Thread.detachNewThread {
      var set = watched
      while true {
        var number: Int32 = 0
        if unsafe sigwait(&set, &number) == 0 { received(number) }
      }
    }
  }

  /// Times that SIGUSR1 came: a drill asks a member to break its connections and to make them again.
  package static let breaks = Atomic<Int>(0)

  /// For a child: the terminal's Ctrl-C is the parent's business, and nothing is held back.
  package static func leaveToParent() {
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    signal(SIGUSR1) { _ in Signals.breaks.add(1, ordering: .relaxed) }
  }
}
