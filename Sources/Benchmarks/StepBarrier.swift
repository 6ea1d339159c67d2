import Foundation

/// Keeps threads in step: each waits until all have come.
package final class StepBarrier: @unchecked Sendable {
  private let condition = NSCondition()
  private let count: Int
  // All of them guarded by the condition.
  private var waiting = 0
  private var round = 0
  private var everybodyContinues = true
  private var answer = true
  private var isClosed = false

  /// - Parameter count: how many threads come each time.
  package init(count: Int) { self.count = count }

  /// Waits for the others.
  ///
  /// - Returns: whether all of them want to continue.
  package func wait(continues: Bool) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    guard !isClosed else { return false }
    everybodyContinues = everybodyContinues && continues
    waiting += 1
    guard waiting == count else {
      let mine = round
      while round == mine && !isClosed { condition.wait() }
      return answer && !isClosed
    }
    answer = everybodyContinues
    (waiting, everybodyContinues) = (0, true)
    round += 1
    condition.broadcast()
    return answer
  }

  /// Lets all go on that wait now or later, because somebody does not come any more; nobody is to continue.
  package func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}
