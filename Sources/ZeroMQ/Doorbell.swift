import CZeroMQ

/// Wakes a thread that waits in `Poller`, from any other thread.
package final class Doorbell: Sendable {
  private let descriptor: CInt

  package init() throws(ZeroMQError) {
    descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else { throw .last("make an event descriptor") }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// From now on the item is readable.
  package func ring() { _ = eventfd_write(descriptor, 1) }

  /// From now on it is not.
  package func silence() {
    var rings: eventfd_t = 0
    _ = unsafe eventfd_read(descriptor, &rings)
  }

  package var pollItem: PollItem { PollItem(descriptor: descriptor, of: self) }
}
