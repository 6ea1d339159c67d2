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
  /// From a server's silence that counts as a failure to the launch of another process: it may come back with its state, and
  /// another one would take the run back to the last checkpoint.
  static let serverReturn = 10.0
  /// From the second loss of a member to its launch, at least; doubles with each further loss.
  static let relaunch = 1.0
  /// From orders to their first retransmission; doubles with each retransmission.
  static let retransmission = 1.0
  /// The longest wait between two retransmissions.
  static let longestRetransmission = 16.0
  /// The shortest silence of a member that counts as a failure.
  package static let shortestLease = 1.5
  /// How many times longer than the longest gap that was observed a silence must be to count as a failure.
  static let leaseGaps = 4.0
  /// The longest gap presumed before any was observed: at the start, all processes of a run are busy at the same time.
  static let presumedGap = 1.25
  /// Half the time for which an observed gap counts, at least.
  static let gapMemory = 30.0
  /// The total wait for the disk at which the run first says so; doubles each time.
  static let diskNotice = 5.0
}

/// How often something may go wrong before the run ends, and how much may wait.
package enum Limits {
  /// Losses of one member before training begins.
  static let lossesBeforeTraining = 2
  /// Losses of one member between two milestones.
  static let losses = 5
  /// Steps after which a worker's earlier losses no longer count.
  static let provenSteps = 20
  /// Failed checkpoints in a row; this one ends the run.
  static let failedCheckpoints = 3
  /// States that are being written or wait for it; training waits at this number.
  package static let checkpointsInFlight = 2
}
