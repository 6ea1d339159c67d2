import Failures
import Foundation
import Launching
import Synchronization

/// What Ctrl-C and SIGTERM do to a command that has work in hand.
enum Interruption {
  /// The first signal ends the work in good order, the second at once: children follow by themselves. To be called
  /// before any thread starts.
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
      second()
      _exit(ExitCode.stopped(by: number))
    }
  }
}
