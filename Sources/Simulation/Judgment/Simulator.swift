import Parameters

/// Runs the protocol under a simulated clock, network and disk with injected faults, and finds the schedules under
/// which it fails.
package enum Simulator {
  /// The result of one schedule.
  package struct Finding: Hashable, Sendable {
    package let schedule: FaultSchedule
    /// What went wrong; `nil` if the run ended with the bits and records of a fault-free run.
    package let violation: String?
    /// Line by line, if it was asked for.
    package let transcript: [String]
    package let events: Int
    package let coverage: GuardCoverage
  }

  /// Runs the schedule of `seed`.
  package static func play(
    seed: UInt64, planting fault: ProtocolFault? = nil, transcript: Bool = false
  ) throws -> Finding {
    try play(FaultSchedule(seed: seed), planting: fault, transcript: transcript)
  }

  package static func play(
    _ schedule: FaultSchedule, planting fault: ProtocolFault? = nil, transcript: Bool = false
  ) throws -> Finding {
    let world = try World(schedule, planting: fault, keepsTranscript: transcript)
    world.play()
    return Finding(
      schedule: schedule, violation: world.violation, transcript: world.transcript ?? [], events: world.eventCount,
      coverage: world.coverage)
  }

  /// The result of several schedules.
  package struct Summary: Sendable {
    /// The failure with the lowest seed.
    package private(set) var failure: Finding?
    package private(set) var events = 0
    package private(set) var coverage = GuardCoverage()

    package init() {}

    package static func + (a: Self, b: Self) -> Self {
      var sum = a
      sum.failure = [a.failure, b.failure].compactMap(\.self).min { $0.schedule.seed < $1.schedule.seed }
      sum.events += b.events
      sum.coverage = a.coverage + b.coverage
      return sum
    }

    fileprivate mutating func add(_ finding: Finding) {
      if finding.violation != nil { failure = finding }
      events += finding.events
      coverage = coverage + finding.coverage
    }
  }

  /// Runs the schedules of `seeds` up to the first that fails.
  package static func play(_ seeds: Range<UInt64>, planting fault: ProtocolFault? = nil) throws -> Summary {
    var summary = Summary()
    for seed in seeds where summary.failure == nil { summary.add(try play(seed: seed, planting: fault)) }
    return summary
  }

  /// A minimal schedule that still fails: leaving out any one part makes it pass.
  package static func shrink(_ schedule: FaultSchedule, planting fault: ProtocolFault? = nil) throws -> Finding {
    var smallest = schedule
    func fails(_ candidate: FaultSchedule) throws -> Bool {
      try play(candidate, planting: fault).violation != nil
    }
    var hasShrunk = true
    while hasShrunk {
      hasShrunk = false
      for candidate in candidates(smallest) where try fails(candidate) {
        smallest = candidate
        hasShrunk = true
        break
      }
    }
    return try play(smallest, planting: fault, transcript: true)
  }

  /// Schedules with one part left out.
  private static func candidates(_ schedule: FaultSchedule) -> [FaultSchedule] {
    var all: [FaultSchedule] = []
    func add(_ change: (inout FaultSchedule) -> Void) {
      var candidate = schedule
      change(&candidate)
      if candidate != schedule { all.append(candidate) }
    }
    for index in schedule.disturbances.indices { add { $0.disturbances.remove(at: index) } }
    add { $0.duplication = 0 }
    add { $0.lateness = 0 }
    add { $0.jitter = 0 }
    add { $0.slowness = 1 }
    add { $0.delay = 0 }
    add { $0.wire = .float32 }
    if schedule.steps > 2 { add { $0.steps -= 1 } }
    if schedule.microbatches > schedule.workers { add { $0.microbatches -= 1 } }
    if schedule.workers > 1 { add { $0.workers -= 1 } }
    if schedule.servers > 1 { add { $0.servers -= 1 } }
    return all
  }
}
