/// The phase of a run, with the state that exists only in it.
///
///     joining ──▶ restoring ──▶ training ──▶ closing ──▶ ended
///        ▲            │             │
///        └─────────── server lost ──┘
///
/// A loss of a worker changes no phase. Every phase can end early. The transitions are in `Coordinator+Phases.swift`.
package enum RunPhase {
  /// Members join and become ready. The first training needs all planned members, later ones all servers and one worker.
  ///
  /// `hasStarted` tells whether this coordinator has trained before.
  case joining(hasStarted: Bool)
  /// A new generation has begun: its servers load its first version.
  case restoring(Restoring)
  /// All servers are in the generation and train toward the next milestone.
  case training(Training)
  /// All results are in; the run ends when its last version is on the disk. Members have no orders any more.
  case closing(Closing)
  case ended(RunEnding)

  package struct Restoring {
    var milestone: Milestone
    let hasStarted: Bool
  }

  package struct Closing {
    /// The version whose commit ends the run.
    let version: Int
    /// How the run ends then.
    let ending: RunEnding
    /// The interruption in progress, whose deadline still holds.
    let interruption: Interruption?
  }
}

extension RunPhase: CustomStringConvertible {
  package var description: String {
    switch self {
    case .joining: "joining"
    case .restoring: "restoring"
    case .training(let training): training.interruption == nil ? "training" : "training, interrupted"
    case .closing(let closing): "closing at version \(closing.version)"
    case .ended(let ending): "ended (\(ending.outcome.rawValue))"
    }
  }

  /// Whether training has begun in this coordinator's life.
  var hasStarted: Bool {
    switch self {
    case .joining(let hasStarted): hasStarted
    case .restoring(let restoring): restoring.hasStarted
    case .training, .closing, .ended: true
    }
  }

  var hasEnded: Bool { if case .ended = self { true } else { false } }

  /// What the servers work toward.
  var milestone: Milestone? {
    switch self {
    case .restoring(let restoring): restoring.milestone
    case .training(let training): training.milestone
    case .joining, .closing, .ended: nil
    }
  }

  var interruption: Interruption? {
    switch self {
    case .training(let training): training.interruption
    case .closing(let closing): closing.interruption
    case .joining, .restoring, .ended: nil
    }
  }
}
