import Foundation
import Transport

/// Work handed to threads that wait until there is some. First in, first out.
package final class TaskQueue<Task: Sendable>: @unchecked Sendable {
  // Guarded by `condition`.
  private var tasks: [Task] = []
  private var isClosed = false
  private let condition = NSCondition()

  package init() {}

  package func put(_ task: Task) {
    condition.lock()
    tasks.append(task)
    condition.signal()
    condition.unlock()
  }

  /// Waits for the next task; `nil` once the queue is closed.
  package func take() -> Task? {
    condition.lock()
    defer { condition.unlock() }
    while !hasNews { condition.wait() }
    return isClosed ? nil : tasks.removeFirst()
  }

  /// The same, for a thread that gets its next task soon after the last one.
  func take(after wait: inout BriefWait) -> Task? {
    _ = wait.wait(
      until: { condition.withLock { hasNews } }, now: { Clock.now }, yield: { sched_yield() })
    return take()
  }

  /// Guarded by `condition`, as what it reads.
  private var hasNews: Bool { !tasks.isEmpty || isClosed }

  /// Takes back everything that nobody has begun; how many there were.
  package func removeAll() -> Int {
    condition.lock()
    defer { condition.unlock() }
    defer { tasks.removeAll() }
    return tasks.count
  }

  /// Ends every `take`, now and later; what was not taken is dropped.
  package func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}
