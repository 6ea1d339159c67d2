import Foundation
import Glibc
package import Synchronization

/// Delivers SIGINT and SIGTERM as events instead of interruptions.
package enum Signals {
  /// Calls `received` with each signal, from a dedicated thread. Call it before any other thread starts, because
  /// threads inherit the mask of blocked signals.
  package static func follow(_ received: @escaping @Sendable (Int32) -> Void) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGINT)
    unsafe sigaddset(&set, SIGTERM)
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    // Writes to a closed peer, or to a file at its size limit, then fail with an error code instead of a signal.
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

  /// How often SIGUSR1 was received: a fault drill uses it to make a member close and reestablish its connections.
  package static let breaks = Atomic<Int>(0)

  /// For a child: ignores the terminal's Ctrl-C, which the parent handles, and counts SIGUSR1. No signal is blocked.
  package static func leaveToParent() {
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    signal(SIGUSR1) { _ in Signals.breaks.add(1, ordering: .relaxed) }
  }
}
