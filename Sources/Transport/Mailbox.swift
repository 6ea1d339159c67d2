import Synchronization
package import ZeroMQ

/// A queue of values from compute threads to the thread that owns the sockets, which can wait for both.
package final class Mailbox<Element: Sendable>: Waitable, Sendable {
  private let elements = Mutex<[Element]>([])
  private let doorbell: Doorbell

  package init() throws(ZeroMQError) { doorbell = try Doorbell() }

  /// Appends an element; callable from any thread.
  package func post(_ element: Element) {
    let isFirst = elements.withLock { elements in
      elements.append(element)
      return elements.count == 1
    }
    // Outside of the lock, so that the woken thread does not block on it. At worst this is a spurious wakeup.
    if isFirst { doorbell.ring() }
  }

  /// Everything posted since the last call, in order; never blocks.
  package func takeAll() -> [Element] {
    elements.withLock { elements in
      doorbell.silence()
      return exchange(&elements, with: [])
    }
  }

  package var pollItems: [PollItem] { [doorbell.pollItem] }
}
