/// What a server of an asynchronous run has done with the gradient of a microbatch.
package enum MicrobatchDecision: String, Hashable, Sendable, CaseIterable {
  /// It is part of a step; or an earlier transmission of it is.
  case applied
  /// The microbatch was applied before, computed by somebody else.
  case late
  /// It was too many versions behind: the microbatch has to be computed once more.
  case rejected
}
