/// What the coordinator refuses to act on: events that are late, repeated, or of somebody else.
package enum CoordinatorGuard: String, Hashable, Sendable, CaseIterable {
  /// Anything, after the run has ended.
  case afterEnd
  /// A peer that holds no place.
  case stranger
  /// News of another generation, or that the role of the member has no say in.
  case otherGeneration
  /// A member says again that it is ready.
  case repeatedReady
  /// A report that is not the next one to record.
  case reportOutOfTurn
  /// A state that is not that of the milestone.
  case stateOutOfTurn
  /// A tally of chunks that are counted, or of another evaluation.
  case tallyOutOfTurn
  /// The end of a process that holds no place, and that no vacant place waits for.
  case foreignExit
  /// Another signal while the run ends.
  case repeatedSignal
  /// The drain of a worker that is not there, or that the run needs.
  case obstructedDrain
  /// A process that was started for another run.
  case otherRun
  /// A rank that another process holds, that the run does not have, or none where all are taken.
  case noRank
}

extension Coordinator {
  /// - Returns: `effects`, which are an answer at most.
  mutating func refuse(_ reason: CoordinatorGuard, _ effects: [Effect] = []) -> [Effect] {
    refused[reason, default: 0] += 1
    return effects
  }
}
