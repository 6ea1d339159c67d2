package import ZeroMQ

/// Something that the thread that owns the sockets can wait for: a `Listener`, a `Connection` or a `Mailbox`.
package protocol Waitable: AnyObject {
  var pollItems: [PollItem] { get }
}

package enum Waiter {
  /// Blocks without spinning until something can be received or `timeout` has expired.
  ///
  /// - Returns: indices of the readable `sources`; empty after the timeout. A source stays readable until everything
  ///   has been taken from it.
  package static func wait(for sources: [any Waitable], timeout: Duration) throws(ZeroMQError) -> [Int] {
    let items = sources.map(\.pollItems)
    let owners = items.enumerated().flatMap { index, items in items.map { _ in index } }
    var readable: [Int] = []
    for item in try Poller.wait(for: items.flatMap(\.self), timeout: timeout) where readable.last != owners[item] {
      readable.append(owners[item])
    }
    return readable
  }
}
