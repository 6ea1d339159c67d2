import Foundation
import Specification
import Synchronization
import Terminal

/// Shows on stderr how far a command has come: on a terminal in one place, which is empty again at the end, elsewhere as a
/// line every few seconds. What is over sooner shows nothing.
final class ProgressMeter: Sendable {
  enum Style {
    case view, lines, silent

    init(_ progress: ExecutionSpec.Progress) {
      self =
        switch progress {
        case .none: .silent
        case .plain: .lines
        case .auto: StandardError.isTerminal ? .view : .lines
        }
    }

    /// Until the first sign of progress, and between two lines.
    var interval: Duration { self == .view ? .seconds(1) : .seconds(5) }
  }

  private let style: Style
  private let began = ContinuousClock.now
  private let state: Mutex<(work: WorkProgress, lastShown: ContinuousClock.Instant)>

  init(_ work: WorkProgress, style: Style) {
    self.style = style
    state = Mutex((work, began))
  }

  /// So many parts are done; a fraction counts.
  func advance(to done: Double) { update { ($0.advance(to: done, after: $1)) } }

  func advance(to done: Int) { advance(to: Double(done)) }

  /// For work whose extent turns out at its beginning.
  func advance(to done: Int, of total: Int) {
    update {
      $0.total = Double(total)
      $0.advance(to: Double(done), after: $1)
    }
  }

  /// One more part is done.
  func advance(by count: Int = 1) { update { $0.advance(to: $0.done + Double(count), after: $1) } }

  /// What has happened: beside the progress on a terminal, a line of its own elsewhere.
  func tell(_ news: String) {
    if style == .lines { StandardError.print(news) }
    update {
      $0.news = news
      $0.advance(to: $0.done, after: $1)
    }
  }

  private func update(_ change: (inout WorkProgress, _ elapsed: Double) -> Void) {
    state.withLock { state in
      let now = ContinuousClock.now
      change(&state.work, began.duration(to: now) / .seconds(1))
      switch style {
      case .silent: break
      case .view:
        if began.duration(to: now) >= style.interval { StandardError.show(state.work) }
      case .lines:
        guard state.lastShown.duration(to: now) >= style.interval else { return }
        state.lastShown = now
        StandardError.print(state.work.text)
      }
    }
  }

  /// Before the result is printed.
  func end() { if style == .view { StandardError.eraseView() } }
}
