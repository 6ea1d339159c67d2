import CZeroMQ

/// Something to wait for: a socket or a doorbell. It stays open while this value refers to it.
@safe package struct PollItem {
  fileprivate let raw: zmq_pollitem_t
  private let owner: AnyObject

  init(descriptor: CInt, of owner: AnyObject) {
    unsafe raw = zmq_pollitem_t(socket: nil, fd: descriptor, events: CShort(ZMQ_POLLIN), revents: 0)
    self.owner = owner
  }

  fileprivate init(_ socket: OpenSocket) {
    unsafe raw = zmq_pollitem_t(socket: socket.handle, fd: 0, events: CShort(ZMQ_POLLIN), revents: 0)
    owner = socket
  }
}

extension Socket {
  /// Wait for it on the socket's own thread only.
  package var pollItem: PollItem { PollItem(open) }
}

package enum Poller {
  /// Blocks without spinning until an item is readable or `timeout` has expired.
  ///
  /// An item that stays readable is reported again.
  /// - Returns: indices of the readable items; empty after the timeout.
  package static func wait(for items: [PollItem], timeout: Duration) throws(ZeroMQError) -> [Int] {
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    var raw = unsafe items.map { unsafe $0.raw }
    _ = try withExtendedLifetime(items) { () throws(ZeroMQError) in
      try ZeroMQError.check("wait for \(items.count) sockets") {
        // Recomputed after a signal interrupts the call; the deadline stays the same.
        unsafe zmq_poll(&raw, CInt(raw.count), milliseconds(until: deadline, on: clock))
      }
    }
    return unsafe raw.indices.filter { unsafe raw[$0].revents != 0 }
  }

  /// Rounded up, so that a wait never ends before its deadline.
  private static func milliseconds(until deadline: ContinuousClock.Instant, on clock: ContinuousClock) -> Int {
    let (seconds, attoseconds) = (deadline - clock.now).components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return Int(min(seconds, 1_000_000)) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
