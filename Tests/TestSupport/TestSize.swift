import Foundation

/// How much each test with a choice does. `make test` keeps every promise at a size that fits into its minutes;
/// `make proof` sets `TARE_PROOF=1`, which takes the long forms.
package enum TestSize {
  /// Whether the long forms run.
  package static let isProof = ProcessInfo.processInfo.environment["TARE_PROOF"] == "1"

  /// Schedules that the simulator plays without a fault; each guard has to refuse something in them.
  package static let schedules: Range<UInt64> = isProof ? 0..<10_000 : 4_000..<5_000
  /// Schedules among which each planted fault has to be found.
  package static let schedulesForFaults: UInt64 = 10_000
  /// Schedules without disturbances.
  package static let calmSchedules: UInt64 = isProof ? 300 : 50
  /// The exact claims that `tare claims` judges through real processes.
  package static let exactClaims: (flags: String, numbers: [Int]) =
    isProof
    ? ("--group A", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 24, 29])
    : ("--claim 10 --claim 24", [10, 24])
  /// Rounds of `tare drill`.
  package static let drillRounds = isProof ? 50 : 2
  /// Runs that `tare soak --starts` begins and stops.
  package static let soakStarts = isProof ? 200 : 8
  /// Minutes of `tare soak --minutes`.
  package static let soakMinutes = isProof ? 10.0 : 0.05
  /// Runs that are stopped at different moments.
  package static let stops = isProof ? 48 : 12
  /// Bytes flipped in each file of a run before it is resumed.
  package static let resumeFlips = isProof ? 200 : 8
  /// Handshakes that fail on each port of a run, and the steps that it has for them.
  package static let failedHandshakes = isProof ? (count: 10_000, steps: 12_000) : (count: 500, steps: 1_200)
  /// Steps of the run that a worker joins and another leaves.
  package static let elasticSteps = isProof ? 600 : 200
}
