import Failures
import Foundation
import Launching
import Synchronization

/// What SIGINT, SIGTERM and SIGHUP do to a command that takes part in training.
enum SignalHandling {
  /// The first signal ends the work in good order, the second ends the process at once; child processes end with it.
  /// Call before any thread starts.
  static func follow(
    first: @escaping @Sendable (Int32) -> Void, second: @escaping @Sendable () -> Void
  ) {
    let received = Mutex(0)
    Signals.follow { number in
      let count = received.withLock { count in
        count += 1
        return count
      }
      guard count > 1 else { return first(number) }
      ProcessExit.force()
      second()
      StandardError.leaveView()
      _exit(ExitCode.stopped(by: number))
    }
  }
}
