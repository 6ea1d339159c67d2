import Foundation
import Glibc

/// The child's end of the line that its parent holds.
package enum Lifeline {
  /// Ends the process at once when stdin ends, which is when the parent is gone; call it before anything else.
  ///
  /// - Parameter scratch: the run's folder of sockets, which nobody but its children can remove then.
  package static func follow(removing scratch: String?) {
    Thread.detachNewThread {
      var byte: UInt8 = 0
      while true {
        let count = unsafe read(0, &byte, 1)
        if count > 0 || (count < 0 && errno == EINTR) { continue }
        if let scratch { ScratchFolder.remove(scratch) }
        // Nothing to flush: the parent kept the records.
        _exit(EX_TEMPFAIL)
      }
    }
  }
}
