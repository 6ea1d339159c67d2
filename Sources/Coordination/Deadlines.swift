/// How long the coordinator waits for what, in seconds. Deadlines that a run sets itself are in `RunPlan`, periods that the
/// members share in `Timing`.
package enum Deadlines {
  /// From the first report of a non-finite step to the end of the run: the other servers report theirs, so that the same
  /// step is named every time.
  static let divergenceReports = 0.5
  /// From a signal to the end of the run, whether or not the current version is stored by then.
  static let interruption = 30.0
  /// A member's silence after which another process may take its rank.
  static let takeover = 1.0
  /// From the loss of a silent worker to the launch of another process: it may come back, and others do its work.
  static let workerReturn = 10.0
  /// From the second loss of a member to its launch, at least; doubles with each further loss.
  static let relaunch = 1.0
  /// From orders to their first retransmission; doubles with each retransmission.
  static let retransmission = 1.0
  /// The longest wait between two retransmissions.
  static let longestRetransmission = 16.0
  /// The shortest silence of a member that counts as a failure.
  package static let shortestLease = 1.5
}

/// How often something may go wrong before the run ends.
enum Limits {
  /// Losses of one member before training begins.
  static let lossesBeforeTraining = 2
  /// Losses of one member between two milestones.
  static let losses = 5
  /// Steps after which a worker's earlier losses no longer count.
  static let provenSteps = 20
  /// Failed checkpoints in a row; this one ends the run.
  static let failedCheckpoints = 3
}
