import Parameters

/// What a server refuses to act on: requests and orders that are late, repeated, or can't be carried out.
package enum ServerGuard: String, Hashable, Sendable, CaseIterable {
  /// Orders older than those in force, or than those whose state is awaited.
  case olderOrders
  /// A state that the server does not wait for.
  case unawaitedState
  case pullOfOtherGeneration
  case pushOfOtherGeneration
  /// A push of a peer that the orders do not name.
  case pushOfStranger
  /// The pull of a version that is no longer kept.
  case goneVersion
  /// The pull of a version that does not exist yet, by a peer that waits for it.
  case repeatedPull
  /// The pull of weights that are not finite, or by a peer that the orders do not name.
  case withheldVersion
  /// A sum of an earlier step.
  case pastStep
  /// A sum that was accepted before.
  case repeatedPush
  /// The gradient of a microbatch that was applied before, in an asynchronous run.
  case lateMicrobatch
  /// The gradient of a microbatch that is too many versions behind, in an asynchronous run.
  case staleMicrobatch
  /// A sum that doesn't fit the shard, the tree or the version.
  case impossiblePush
}

extension ParameterServer {
  /// - Parameter answer: what `peer` is told.
  mutating func refuse(_ reason: ServerGuard, _ answer: ServerAnswer, to peer: Peer) -> [Effect] {
    _ = refuse(reason)
    return [.answer(peer, answer)]
  }

  mutating func refuse(_ reason: ServerGuard) -> [Effect] {
    refused[reason, default: 0] += 1
    return []
  }
}
