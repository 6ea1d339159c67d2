import Failures
import Foundation
import Launching
import Synchronization

/// The cluster that is emulated now.
enum Emulation {
  static let current = Mutex<(EmulatedProcesses, ScratchFolder)?>(nil)

  /// A signal ends it. To be called before any thread starts.
  static func followSignals() {
    SignalHandling.follow(
      first: { number in
        current.withLock { current in
          current?.0.endAll()
          current?.1.remove()
        }
        StandardError.leaveView()
        _exit(ExitCode.stopped(by: number))
      }, second: {})
  }
}
