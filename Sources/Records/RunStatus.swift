package import Coordination

/// The status of a run; files and tables use the raw values.
package enum RunStatus: String, Hashable, Sendable, Codable, CaseIterable {
  /// A process is leading it.
  case running
  /// The coordinator is gone and recorded no end; the run can be resumed. Inferred by readers, never recorded.
  case stopped
  case done
  /// A loss, a gradient or a weight was not finite.
  case diverged
  case failed
  /// Ended by a signal; the run can be resumed.
  case interrupted

  /// The status to record.
  ///
  /// - Parameter outcome: `nil` for a run that was abandoned before its coordinator ended it.
  package init(_ outcome: RunOutcome?) {
    self =
      switch outcome {
      case .done: .done
      case .diverged: .diverged
      case .interrupted: .interrupted
      case .failed, nil: .failed
      }
  }

  /// Whether the run ended by itself, successfully or not. A run that is training, or was stopped or interrupted, is
  /// not yet evidence about its spec.
  package var hasEnded: Bool {
    switch self {
    case .done, .diverged, .failed: true
    case .running, .stopped, .interrupted: false
    }
  }
}
