package import Parameters
import Synchronization

/// The last spans of one thread: what it worked on, without gaps.
package final class SpanRing: Sendable {
  /// One stretch of one kind of work.
  package struct Span: Hashable, Sendable {
    package let work: Work
    /// On `Clock.ofMachine`, in seconds.
    package let start: Double
    package let end: Double
    package let step: Int
  }

  private struct State {
    var spans: [Span] = []
    /// The place of the oldest one, once all places are taken.
    var oldest = 0
    var work = Work.wait
    var since: Double
    var step = 0
  }

  /// What is older than so many spans is forgotten: about 2 MiB a thread.
  package static let capacity = 1 << 16

  private let capacity: Int
  private let state: Mutex<State>

  package init(capacity: Int = capacity, at now: Double) {
    self.capacity = capacity
    state = Mutex(State(since: now))
  }

  /// The thread turns to `work`.
  package func enter(_ work: Work, at now: Double) {
    state.withLock { state in
      guard work != state.work else { return }
      settle(&state, at: now)
      state.work = work
    }
  }

  /// What follows is part of `step`.
  package func reach(_ step: Int, at now: Double) {
    state.withLock { state in
      guard step != state.step else { return }
      settle(&state, at: now)
      state.step = step
    }
  }

  /// The spans up to now, the oldest first.
  package func spans(at now: Double) -> [Span] {
    state.withLock { state in
      settle(&state, at: now)
      return Array(state.spans[state.oldest...] + state.spans[..<state.oldest])
    }
  }

  private func settle(_ state: inout State, at now: Double) {
    guard now > state.since else { return }
    let span = Span(work: state.work, start: state.since, end: now, step: state.step)
    state.since = now
    guard state.spans.count == capacity else { return state.spans.append(span) }
    state.spans[state.oldest] = span
    state.oldest = (state.oldest + 1) % capacity
  }
}
