/// How the coordinator sees the members of its run.
package struct RunStanding: Hashable, Sendable {
  package enum Presence: String, Hashable, Sendable, CaseIterable {
    /// It has not joined, or was lost.
    case absent
    /// It prepares.
    case joined
    case ready
    /// It is silent, and the run waits for it.
    case missed
  }

  package struct Place: Hashable, Sendable {
    package let member: Member
    package let presence: Presence
    /// Jobs that its threads have in hand.
    package let pending: Int
    /// Over the connections of its present life, as of its last heartbeat.
    package let receivedBytes: Int
    package let sentBytes: Int

    package init(member: Member, presence: Presence, pending: Int, receivedBytes: Int, sentBytes: Int) {
      (self.member, self.presence, self.pending) = (member, presence, pending)
      (self.receivedBytes, self.sentBytes) = (receivedBytes, sentBytes)
    }
  }

  /// The lowest version of the servers.
  package let version: Int
  package let places: [Place]
  /// Over the coordinator's own connections.
  package let receivedBytes: Int
  package let sentBytes: Int

  package init(version: Int, places: [Place], receivedBytes: Int, sentBytes: Int) {
    (self.version, self.places) = (version, places)
    (self.receivedBytes, self.sentBytes) = (receivedBytes, sentBytes)
  }
}
