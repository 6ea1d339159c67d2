/// A bug that an implementation of the protocol could have. The simulator plants it between the network and the state
/// machines, to see whether it would be found.
package enum ProtocolFault: String, CaseIterable, Sendable {
  // Servers and workers.
  case completionByCount
  case duplicateAdded
  case riderWithoutGradient
  case previousVersionNotKept
  case generationUnchecked
  case versionUnchecked
  case optimizerStateNotKept
  case windowNotKept
  case heldNotKept
  case baseUnchecked
  case goneTakenForDuplicate
  case requestsNotRepeated
  case membersUnchecked
  // Servers and workers of asynchronous runs.
  case lateTakenForNew
  case rejectedTakenForApplied
  // The coordinator and its records.
  case metricsNotTruncated
  case reportsUnchecked
  case inconsistentCut
  case ordersUnnumbered
  case ordersNotRepeated
  case strangersIgnored
  case coordinatorPauseIgnored
  case coordinatorHeartbeatsStopped
  case diskNotAwaited
  case silentServersReplaced
  case lostMicrobatchesForgotten
  // Sessions of members.
  case helloNotRepeated
  case readyNotRepeated
  case heartbeatsWithNewsOnly
  case memberPauseIgnored
  case ordersUnfenced
  case signalsObeyed

  /// What a program with the bug does.
  package var sentence: String {
    switch self {
    case .completionByCount: "A server counts the leaves it has received instead of completing the reduction tree."
    case .duplicateAdded: "A server adds a sum that it has already accepted."
    case .riderWithoutGradient: "A server counts loss and hits of a sum that it has already accepted once more."
    case .previousVersionNotKept: "A server keeps the current version of its weights only."
    case .generationUnchecked: "A server accepts pushes and pulls of every generation."
    case .versionUnchecked: "A worker takes whatever weights arrive for those that it asked for."
    case .optimizerStateNotKept: "A restored server starts with an empty optimizer state."
    case .windowNotKept: "A restored server starts with an empty logging window."
    case .heldNotKept: "A restored server takes its weights for what workers held."
    case .baseUnchecked: "A server sends differences to workers that do not hold the version before."
    case .goneTakenForDuplicate: "A worker takes the answer that a version is gone for the answer to a duplicate push."
    case .requestsNotRepeated: "A worker never retransmits its pulls and pushes."
    case .membersUnchecked: "A server accepts pushes of every peer with the run's key."
    case .lateTakenForNew: "In an asynchronous run, a server applies a microbatch that it has applied before."
    case .rejectedTakenForApplied: "In an asynchronous run, a worker takes a rejected gradient for an applied one."
    case .lostMicrobatchesForgotten: "In an asynchronous run, the coordinator forgets the microbatches of lost workers."
    case .metricsNotTruncated: "After a rewind the records keep the rows of the steps that were undone."
    case .reportsUnchecked: "The coordinator records every report that arrives, even twice."
    case .inconsistentCut: "A checkpoint holds one server's state of the checkpoint before."
    case .ordersUnnumbered: "Members follow orders in whatever order they arrive."
    case .ordersNotRepeated: "The coordinator never retransmits orders."
    case .strangersIgnored: "The coordinator does not tell a member that it declared failed to join again."
    case .coordinatorPauseIgnored: "After a pause of its own the coordinator holds the members' silence against them."
    case .coordinatorHeartbeatsStopped: "The coordinator sends no heartbeats."
    case .diskNotAwaited: "The coordinator counts a checkpoint as stored as soon as it has begun to write it."
    case .silentServersReplaced: "The coordinator gives a server up as soon as it is silent."
    case .helloNotRepeated: "A member says hello once."
    case .readyNotRepeated: "A member says once that it is ready."
    case .heartbeatsWithNewsOnly: "A member sends heartbeats only when it follows new orders."
    case .memberPauseIgnored: "After a pause of its own a member holds the coordinator's silence against it."
    case .ordersUnfenced: "A worker enters an earlier generation if orders of it arrive late."
    case .signalsObeyed: "A member leaves as soon as it gets a signal."
    }
  }
}
