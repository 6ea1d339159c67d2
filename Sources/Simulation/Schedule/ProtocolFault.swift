/// A mistake that an implementation of the protocol could make. The simulator puts it between the network and the real
/// state machines, to see whether it would be found.
package enum ProtocolFault: String, CaseIterable, Sendable {
  /// A server counts leaves instead of looking at the tree's structure.
  case completionByCount
  /// A sum that came before is added again.
  case duplicateAdded
  /// Loss and hits of a sum that came before count again.
  case riderWithoutGradient
  /// A server keeps the current version only.
  case previousVersionNotKept
  /// A server takes sums and answers pulls of every generation.
  case generationUnchecked
  /// A worker takes whatever weights arrive for those that it asked for.
  case versionUnchecked
  /// A restored server forgets the optimizer state.
  case optimizerStateNotKept
  /// A restored server forgets the open logging window.
  case windowNotKept
  /// The records keep the rows of steps that were undone.
  case metricsNotTruncated
  /// Reports are taken as they come, be it twice.
  case reportsUnchecked
  /// A checkpoint holds one server's state of the checkpoint before.
  case inconsistentCut
  /// Orders are followed in whatever order they arrive.
  case ordersUnnumbered
  /// Orders are said once.
  case ordersNotRepeated
}
