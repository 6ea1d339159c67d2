/// Cores that threads share: each works until it has done what it has in hand, and the next one in line takes its core.
struct Cores<Thread> {
  private var idle: Int
  private var waiting = Line<Thread>()

  init(count: Int) { idle = count }

  /// - Returns: false if there is none: `next` names the thread once there is.
  mutating func take(for thread: Thread) -> Bool {
    guard idle > 0 else {
      waiting.append(thread)
      return false
    }
    idle -= 1
    return true
  }

  /// Gives one back.
  ///
  /// - Returns: the thread that has it now.
  mutating func next() -> Thread? {
    let thread = waiting.take()
    if thread == nil { idle += 1 }
    return thread
  }
}
