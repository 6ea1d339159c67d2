import Foundation
import Glibc
package import Synchronization

/// The child's end of the lifeline that its parent holds.
package enum Lifeline {
  /// Ends the process immediately when stdin reaches end-of-file, which means that the parent is gone. Call it before
  /// anything else.
  ///
  /// - Parameter leaving: what has to be done then, such as removing the run's folder of sockets, which only the children
  ///   can do once the parent is gone.
  package static func follow(leaving: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      awaitEnd()
      leaving()
      // Nothing to flush: the parent writes all records.
      _exit(EX_TEMPFAIL)
    }
  }

  /// Whether stdin has reached end-of-file, of a process that notes it.
  package static let isCut = Atomic(false)

  /// Notes that stdin has reached end-of-file, for a process that has to end its own children then. Ends the process if it is
  /// still there `deadline` seconds later.
  package static func note(within deadline: Double, leaving: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      awaitEnd()
      isCut.store(true, ordering: .relaxed)
      Thread.sleep(forTimeInterval: deadline)
      leaving()
      _exit(EX_TEMPFAIL)
    }
  }

  private static func awaitEnd() {
    var byte: UInt8 = 0
    while true {
      let count = unsafe read(0, &byte, 1)
      guard count > 0 || (count < 0 && errno == EINTR) else { return }
    }
  }
}
