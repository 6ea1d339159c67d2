/// The periods and limits of a run's processes, in seconds, which the processes and the simulator share.
package enum Timing {
  /// Between two heartbeats, both ways.
  package static let heartbeat = 0.25
  /// Between two requests that go unanswered: hello and ready; pull and push, where answers do not usually take longer.
  package static let retransmission = 1.0
  /// The longest silence of a member after which the coordinator declares it failed, on a machine that is late often.
  package static let longestLease = 10.0
  /// The coordinator's silence after which a member leaves, in the simulator.
  package static let coordinatorSilence = 10.0
  /// The silence of a coordinator or pool after which a member or a host gives up, where nothing else is asked for: a link may
  /// be mended. A child process learns of its parent's end without it.
  package static let rejoining = 120.0
  /// Between two reports of a host, and between two repetitions of its orders.
  package static let hostReport = 0.5
  /// The pool's silence after which a host offers itself again: the pool may have lost it.
  package static let hostSilence = 2.0
  /// A host's silence after which another agent may take its name, and after which processes are placed elsewhere if they can.
  package static let hostTakeover = 2.0
  /// A host's silence after which it is lost, with all that runs on it. Members notice the loss of each other sooner.
  package static let hostLease = 10.0
  /// Before the agent of a host is started again that has ended suddenly; twice as long after each attempt.
  package static let agentRestart = 2.0
  package static let agentRestartLimit = 60.0
  /// A gap between two turns of a member's loop after which it no longer counts the coordinator's silence up to then:
  /// the member itself was stopped, or busy with reading its images.
  package static let memberPause = coordinatorSilence / 2
  /// A gap between two turns of the coordinator's loop after which it no longer counts the members' silence up to then.
  package static let coordinatorPause = 0.5
  /// From the end of a child process to the coordinator's reaction: what the child sent last may still be on its way.
  package static let exitGrace = 0.1
  /// How long a member tries to join, where its invitation sets no other limit.
  package static let joining = 60.0
  /// The shortest silence of an awaited server after which a worker gives up, `serverMargin` aside. The coordinator has
  /// replaced a failed server long before; this limit ends a worker that reaches the coordinator and can't reach the server.
  package static let serverSilence = 60.0
  /// By which a worker outlasts the join deadline: the coordinator has to notice that the server is gone, then waits for
  /// another one that long.
  package static let serverMargin = longestLease + 5
  /// From a signal to a member until it leaves: its coordinator, which may have got the signal too, needs it up to then.
  package static let farewell = Deadlines.interruption + 5
}
