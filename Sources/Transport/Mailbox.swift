import Synchronization
package import ZeroMQ

/// Values on their way from compute threads to the thread that owns the sockets, which can wait for both.
package final class Mailbox<Element: Sendable>: Waitable, Sendable {
  private let elements = Mutex<[Element]>([])
  private let doorbell: Doorbell

  package init() throws(ZeroMQError) { doorbell = try Doorbell() }

  /// From any thread.
  package func post(_ element: Element) {
    let isFirst = elements.withLock { elements in
      elements.append(element)
      return elements.count == 1
    }
    // Outside, or who wakes up would find the lock taken. At worst the bell rings for what has been taken already.
    if isFirst { doorbell.ring() }
  }

  /// What was posted since the last call, in order; never blocks.
  package func takeAll() -> [Element] {
    elements.withLock { elements in
      doorbell.silence()
      return exchange(&elements, with: [])
    }
  }

  package var pollItem: PollItem { doorbell.pollItem }
}
