package import ZeroMQ

/// What the thread that owns the sockets can wait for: a `Listener`, a `Connection` or a `Mailbox`.
package protocol Waitable: AnyObject {
  var pollItem: PollItem { get }
}

package enum Waiter {
  /// Sleeps until something can be received or `timeout` is over; never spins.
  ///
  /// - Returns: indices into `sources` of what is readable; empty after the timeout. A source is readable until
  ///   everything has been taken from it.
  package static func wait(for sources: [any Waitable], timeout: Duration) throws(ZeroMQError) -> [Int] {
    try Poller.wait(for: sources.map(\.pollItem), timeout: timeout)
  }
}
