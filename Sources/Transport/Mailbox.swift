import Synchronization
package import ZeroMQ

/// Values on their way from compute threads to the thread that owns the sockets, which can wait for both.
package final class Mailbox<Element: Sendable>: Waitable, Sendable {
  private let elements = Mutex<[Element]>([])
  private let doorbell: Doorbell

  package init() throws(ZeroMQError) { doorbell = try Doorbell() }

  /// From any thread.
  package func post(_ element: Element) {
    elements.withLock { elements in
      elements.append(element)
      if elements.count == 1 { doorbell.ring() }
    }
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
