import Foundation
import Glibc
package import Synchronization

/// The child's end of the lifeline that its parent holds.
package enum Lifeline {
  /// Whether stdin has reached end-of-file.
  package static let isCut = Atomic(false)

  /// Ends the process when stdin reaches end-of-file, which means that the parent is gone. Call it before anything else.
  ///
  /// - Parameters:
  ///   - patience: seconds until then, for a process that sees `isCut`, ends its own children and then itself.
  ///   - leaving: what has to be done then, such as removing the run's folder of sockets, which only the children
  ///     can do once the parent is gone.
  package static func follow(patience: Double = 0, leaving: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      var byte: UInt8 = 0
      while true {
        let count = unsafe read(0, &byte, 1)
        if count > 0 || (count < 0 && errno == EINTR) { continue }
        isCut.store(true, ordering: .relaxed)
        if patience > 0 { Thread.sleep(forTimeInterval: patience) }
        leaving()
        // Nothing to flush: the parent writes all records.
        _exit(EX_TEMPFAIL)
      }
    }
  }
}
