import CZeroMQ

/// Wakes a thread that waits in `Poller`; usable from any thread.
package final class Doorbell: Sendable {
  private let descriptor: CInt

  package init() throws(ZeroMQError) {
    descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else { throw .last("make an event descriptor") }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Makes the item readable.
  package func ring() { _ = eventfd_write(descriptor, 1) }

  /// Makes the item unreadable until the next `ring()`.
  package func silence() {
    var rings: eventfd_t = 0
    _ = unsafe eventfd_read(descriptor, &rings)
  }

  package var pollItem: PollItem { PollItem(descriptor: descriptor, of: self) }
}
