/// The periods and limits of a run's members, in seconds, which the processes and the simulator share.
package enum Timing {
  /// Between two heartbeats, both ways.
  package static let heartbeat = 0.25
  /// Between two requests that go unanswered: hello, ready, pull.
  package static let retransmission = 1.0
  /// The longest silence of a member after which the coordinator declares it failed.
  package static let longestLease = 3.0
  /// The coordinator's silence after which a member leaves.
  package static let coordinatorSilence = 10.0
}
