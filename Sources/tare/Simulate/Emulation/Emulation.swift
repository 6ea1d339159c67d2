import Launching
import Synchronization

/// The cluster that is emulated now.
enum Emulation {
  static let current = Mutex<(EmulatedProcesses, ScratchFolder)?>(nil)

  /// A signal ends it. To be called before any thread starts.
  ///
  /// - Parameter json: whether stdout is to carry an object.
  static func followSignals(json: Bool) {
    ProcessExit.followSignals {
      if json { PartialResult(NothingYet()).interrupt() }
      current.withLock { current in
        current?.0.endAll()
        current?.1.remove()
      }
    }
  }
}
