import Foundation
import Glibc
package import Synchronization

/// Delivers SIGINT, SIGTERM and SIGHUP as events instead of interruptions.
package enum Signals {
  /// Calls `received` with each signal, from a dedicated thread. Call it before any other thread starts, because
  /// threads inherit the mask of blocked signals.
  ///
  /// SIGHUP keeps being ignored in a process that was started so, by nohup for instance.
  package static func follow(_ received: @escaping @Sendable (Int32) -> Void) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGINT, SIGTERM] + (ignores(SIGHUP) ? [] : [SIGHUP]) { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    ignoreBrokenFiles()
    let watched = set
    Thread.detachNewThread {
      var set = watched
      while true {
        var number: Int32 = 0
        if unsafe sigwait(&set, &number) == 0 { received(number) }
      }
    }
  }

  /// Writes to a closed peer, or to a file at its size limit, then fail with an error code instead of a signal.
  package static func ignoreBrokenFiles() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  private static func ignores(_ number: Int32) -> Bool {
    var action = sigaction()
    guard unsafe sigaction(number, nil, &action) == 0 else { return false }
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The signal that asks this process to leave the run that it is a member of; 0 before.
  package static let farewell = Atomic<Int32>(0)

  /// How often SIGUSR1 was received: a fault drill uses it to make a member close and reestablish its connections.
  package static let breaks = Atomic<Int>(0)

  /// For a child: counts SIGUSR1.
  package static func followBreaks() {
    signal(SIGUSR1) { _ in Signals.breaks.add(1, ordering: .relaxed) }
  }
}
