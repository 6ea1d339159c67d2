import Foundation
import Records
import Specification
import Sweeps
import Synchronization
import Terminal

/// Shows the progress of a sweep on stderr: a view on a terminal, elsewhere one line for each run that ends.
final class SweepProgress: Sendable {
  private struct State {
    var view: SweepView
    var trained = 0
  }

  private let parallel: Int
  private let began = ContinuousClock.now
  private let state: Mutex<State>

  init(_ name: String, count: Int, parallel: Int) {
    self.parallel = parallel
    state = Mutex(State(view: SweepView(title: "sweep \(name)", count: count)))
  }

  @Sendable func finished(_ outcome: SweepOutcome) {
    state.withLock { state in
      switch outcome.completion {
      case .done(let result):
        state.view.done += 1
        if let error = result.testError, error < state.view.best?.error ?? .infinity {
          state.view.best = (error, outcome.run.title)
        }
      case .diverged: state.view.diverged += 1
      case .failed: state.view.failed += 1
      }
      if !outcome.isKept { state.trained += 1 }
      show(outcome, &state)
    }
  }

  /// Before the last message, if runs are left.
  func end() { StandardError.leaveView() }

  private func show(_ outcome: SweepOutcome, _ state: inout State) {
    let left = state.view.count - state.view.ended
    let seconds = began.duration(to: .now) / .seconds(1)
    state.view.remaining = state.trained > 0 ? seconds / Double(state.trained) * Double(left) : nil
    state.view.running = min(parallel, left)
    let what =
      outcome.result.map { "test error \(Numbers.percent($0.testError))" }
      ?? "\(outcome.status.rawValue): \(outcome.cause)"
    state.view.news = "\(outcome.run.title): \(what)"
    guard !StandardError.isTerminal else {
      if outcome.hasFailed { StandardError.print(state.view.news) }
      StandardError.show(state.view, isLast: left == 0)
      return left == 0 ? StandardError.leaveView() : ()
    }
    guard !outcome.isKept else { return }
    let rest = left > 0 ? "  \(Numbers.duration(state.view.remaining ?? 0)) left" : ""
    StandardError.print("[\(state.view.ended)/\(state.view.count)] \(state.view.news)\(rest)")
  }
}
