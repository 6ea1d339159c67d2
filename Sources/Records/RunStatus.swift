package import Coordination

/// How a run stands; the raw values are the words that files and tables use.
package enum RunStatus: String, Hashable, Sendable, Codable, CaseIterable {
  /// A process is leading it.
  case running
  /// The process that led it is gone and recorded no end; the run can be resumed. No record says this of itself.
  case stopped
  case done
  /// A loss, a gradient or a weight was not finite.
  case diverged
  case failed
  /// Ended by a signal; the run can be resumed.
  case interrupted

  /// The status that a run's record gets.
  ///
  /// - Parameter outcome: `nil` for a run that was given up before its coordinator reached an end.
  package init(_ outcome: RunOutcome?) {
    self =
      switch outcome {
      case .done: .done
      case .diverged: .diverged
      case .interrupted: .interrupted
      case .failed, nil: .failed
      }
  }

  /// Whether the run has come to its own end, good or bad. One that trains, was stopped or was interrupted says nothing
  /// yet about its spec.
  package var hasEnded: Bool {
    switch self {
    case .done, .diverged, .failed: true
    case .running, .stopped, .interrupted: false
    }
  }
}
