import Parameters
import Simulation

/// What `tare simulate --json` prints of faults.
struct SimulatedFaults: Encodable, Sendable {
  /// A run that violates a guarantee, or that was asked for.
  struct Run: Encodable, Sendable {
    let seed: UInt64
    let servers: Int
    let workers: Int
    let microbatches: Int
    let steps: Int
    let rule: String
    let wire: String
    /// `nil` if it ended with the bits and the metrics of a fault-free run.
    let violation: String?
    let transcript: [String]

    init(_ finding: Simulator.Finding) {
      let schedule = finding.schedule
      (seed, servers, workers) = (schedule.seed, schedule.servers, schedule.workers)
      (microbatches, steps) = (schedule.microbatches, schedule.steps)
      (rule, wire) = (schedule.rule, schedule.wire.rawValue)
      (violation, transcript) = (finding.violation, finding.transcript)
    }
  }

  /// That have been run.
  var seeds = 0
  var events = 0
  /// The first that violates a guarantee, with as few faults as show it.
  var violation: Run?
  /// How often each guard of the state machines was exercised.
  var guards: [String: Int] = [:]

  mutating func add(_ summary: Simulator.Summary, seeds: Int) {
    self.seeds += seeds
    events += summary.events
    for each in GuardCoverage.guards { guards["\(each)", default: 0] += summary.coverage[each] }
  }
}
