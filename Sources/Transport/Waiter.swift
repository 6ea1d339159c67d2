import Glibc
package import ZeroMQ

/// Something that the thread that owns the sockets can wait for: a `Listener`, a `Connection` or a `Mailbox`.
package protocol Waitable: AnyObject {
  var pollItems: [PollItem] { get }
}

/// Waits for what can be received.
package struct Waiter {
  private let yields: Bool
  private var brief = BriefWait()

  /// - Parameter yields: whether the thread yields the processor for a while before it sleeps: for one that soon gets an answer to
  ///   what it sends, where other threads leave processors free.
  package init(yields: Bool = true) { self.yields = yields }

  /// The same as the function below, after having yielded.
  package mutating func wait(for sources: [any Waitable], timeout: Duration) throws(ZeroMQError) -> [Int] {
    var readable: [Int] = []
    if yields {
      let start = ContinuousClock.now
      _ = brief.wait(
        until: {
          // What goes wrong here does so again below, where it is thrown.
          guard let found = try? Self.wait(for: sources, timeout: .zero) else { return true }
          readable = found
          return !found.isEmpty
        },
        now: { start.duration(to: .now) / .seconds(1) }, yield: { sched_yield() })
    }
    return readable.isEmpty ? try Self.wait(for: sources, timeout: timeout) : readable
  }

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
