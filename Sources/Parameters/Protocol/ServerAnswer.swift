/// Why a server did not carry out a worker's request.
package enum ServerAnswer: Hashable, Sendable {
  /// This sum was accepted before.
  case duplicate
  /// The version asked for is not made yet; it will be sent.
  case waiting
  /// The version asked for is no longer kept; nobody needs one before `current` − 1.
  case gone(current: Int)
  /// The request belongs to another generation than the server, which is in this one.
  case wrongGeneration(UInt64)
  /// The sender is not among the workers of the server's orders.
  case notAMember
  /// What the server, now at `version`, has done with the gradient of a microbatch of an asynchronous run.
  case decided(microbatch: Int, MicrobatchDecision, version: Int)
  /// Anything else: the request can't be carried out, and the run can't go on.
  case refused(String)
}
