import Failures
import Foundation
import Launching
import Synchronization

/// The end of this process. Of several reasons for it, the first decides the exit code and what is printed.
enum ProcessExit {
  private static let hasBegun = Atomic(false)

  /// Makes the caller the one that ends the process. Does not return if another thread already does.
  static func begin() {
    if hasBegun.exchange(true, ordering: .acquiringAndReleasing) { waitForEnd() }
  }

  /// Makes the caller the one that ends the process, even if another thread has begun to, and may hang: for a second signal.
  static func force() { hasBegun.store(true, ordering: .releasing) }

  /// Does not return if another thread ends the process. For one that has found that a child process or a file is gone: a
  /// signal's cleanup may have removed it, and that is no failure.
  static func waitIfBegun() {
    if hasBegun.load(ordering: .acquiring) { waitForEnd() }
  }

  private static func waitForEnd() -> Never {
    while true { pause() }
  }

  /// Has SIGINT, SIGTERM and SIGHUP end the process, after `cleanup`. Call before any thread starts.
  static func followSignals(cleanup: @escaping @Sendable () -> Void = {}) {
    Signals.follow { number in
      begin()
      cleanup()
      StandardError.leaveView()
      _exit(ExitCode.stopped(by: number))
    }
  }
}
