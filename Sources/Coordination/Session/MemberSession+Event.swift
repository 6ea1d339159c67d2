extension MemberSession {
  /// What can happen to a session.
  package enum Event: Hashable, Sendable {
    // The coordinator's messages.
    case welcomed(Member)
    case refused(exitCode: Int32, sentence: String)
    case stopped(exitCode: Int32, sentence: String)
    /// The coordinator had declared the member failed and does not know the sender any more.
    case rejoin
    case orders(generation: UInt64)
    /// Any other message.
    case heard

    // The member's own side.
    /// Everything is in place: a server listens, a worker has its images.
    case ready
    /// The member can't go on.
    case failed(exitCode: Int32, sentence: String)
    /// A signal asks the member to leave.
    case signaled(Int32)
    /// Time has passed; `Pulse()` before the member has a place.
    case tick(Pulse)
  }

  /// What a session asks its shell to do.
  package enum Effect: Hashable, Sendable {
    /// Ask the coordinator for a place.
    case hello
    /// The member has a place: make what it needs, then say `ready`.
    case begin(Member)
    /// Tell the coordinator that the member is ready.
    case ready
    case heartbeat(Pulse)
    /// The orders that came begin a new generation: its servers may be others, and work that nobody has begun is void.
    case enter(generation: UInt64)
    /// Follow the orders that came.
    case follow
    /// Tell the coordinator why the member is about to leave.
    case failed(exitCode: Int32, sentence: String)
    /// Drop everything, make up another incarnation, and join again over a new connection.
    case newLife
    case leave(Departure)
  }
}
