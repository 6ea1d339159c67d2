/// What a session refuses to act on: events that are early, late or repeated.
package enum SessionGuard: String, Hashable, Sendable, CaseIterable {
  /// Anything, after the member has left.
  case afterEnd
  /// A message that has overtaken the welcome.
  case beforeWelcome
  /// Another answer to a hello.
  case repeatedAnswer
  /// Orders of an earlier generation: their servers may be gone.
  case olderGeneration
  /// Another signal: the first counts.
  case repeatedSignal
  /// The coordinator's silence while the member itself was stopped.
  case ownPause
}

extension MemberSession {
  mutating func refuse(_ reason: SessionGuard) -> [Effect] {
    refused[reason, default: 0] += 1
    return []
  }
}
