/// Any client with the key → coordinator: requests the list of members.
package struct StatusRequest: Hashable, Sendable {
  /// The rank of a worker to drain, if any.
  package var drain: Int?

  package init(drain: Int? = nil) { self.drain = drain }
}

/// Coordinator → the client that sent the request.
package struct StatusReply: Hashable, Sendable {
  package struct MemberStatus: Hashable, Sendable {
    package var role: Hello.Role
    package var rank: Int
    package var host: String
    package var processID: Int
    /// As in `Heartbeat`.
    package var progress: Int
    /// Microbatches that it computes in each step.
    package var microbatches: Int

    package init(role: Hello.Role, rank: Int, host: String, processID: Int, progress: Int, microbatches: Int) {
      self.role = role
      self.rank = rank
      self.host = host
      self.processID = processID
      self.progress = progress
      self.microbatches = microbatches
    }
  }

  package var members: [MemberStatus]
  /// The lowest version of the servers.
  package var version: Int
  /// The outcome of the request; empty if nothing was requested.
  package var sentence: String
  package var isRefused: Bool

  package init(members: [MemberStatus], version: Int, sentence: String = "", isRefused: Bool = false) {
    self.members = members
    self.version = version
    self.sentence = sentence
    self.isRefused = isRefused
  }
}
