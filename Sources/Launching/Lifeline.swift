import Foundation
import Glibc

/// The child's end of the lifeline that its parent holds.
package enum Lifeline {
  /// Ends the process immediately when stdin reaches end-of-file, which means that the parent is gone. Call it before
  /// anything else.
  ///
  /// - Parameter leaving: what has to be done then, such as removing the run's folder of sockets, which only the children
  ///   can do once the parent is gone.
  package static func follow(leaving: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      var byte: UInt8 = 0
      while true {
        let count = unsafe read(0, &byte, 1)
        if count > 0 || (count < 0 && errno == EINTR) { continue }
        leaving()
        // Nothing to flush: the parent writes all records.
        _exit(EX_TEMPFAIL)
      }
    }
  }
}
