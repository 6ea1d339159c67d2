/// What a server of an asynchronous run has done with the gradient of a microbatch.
package enum MicrobatchDecision: String, Hashable, Sendable, CaseIterable {
  /// It is part of the step that is being collected.
  case applied
  /// The microbatch is part of an earlier step: it was sent again, or computed again.
  case late
  /// It was too many versions behind: the microbatch has to be computed once more.
  case rejected
}
