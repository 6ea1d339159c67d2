import Foundation
import Glibc

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
    // A peer that is gone shows in a return value.
    signal(SIGPIPE, SIG_IGN)
    let watched = set
    Thread.detachNewThread {
      var set = watched
      while true {
        var number: Int32 = 0
        if unsafe sigwait(&set, &number) == 0 { received(number) }
      }
    }
  }

  /// For a child: the terminal's Ctrl-C is the parent's business, and nothing is held back.
  package static func leaveToParent() {
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }
}
