import Simulation
import TestSupport
import Testing

/// The values that the processes drive, under a simulated clock, network and disk with injected faults.
@Suite("Simulation")
struct SimulationTests {
  @Test(
    "schedules of crashes, pauses, cuts, losses and bad disks end with the bits of the fault-free run, and use each guard"
  )
  func promise() throws {
    let summary = try Simulator.playBlocks(of: TestSize.schedules)
    guard let failure = summary.failure else {
      #expect(summary.coverage.missing.isEmpty, "never exercised: \(summary.coverage.missing)")
      return
    }
    let shrunk = try Simulator.shrink(failure.schedule)
    Issue.record(
      "seed \(failure.schedule.seed): \(shrunk.violation ?? "")\n\(shrunk.transcript.joined(separator: "\n"))")
  }

  @Test("each planted fault is found", arguments: ProtocolFault.allCases)
  func faults(fault: ProtocolFault) throws {
    let summary = try Simulator.playBlocks(of: 0..<TestSize.schedulesForFaults, planting: fault)
    #expect(summary.failure != nil)
  }

  @Test("the failure that is found is the first, on any number of cores")
  func first() throws {
    let seeds: Range<UInt64> = 0..<400
    let failure = try #require(try Simulator.play(seeds, planting: .heldNotKept).failure)
    #expect(try Simulator.playBlocks(of: seeds, planting: .heldNotKept).failure == failure)
  }

  @Test("the last seeds of all can be played")
  func last() throws { #expect(try Simulator.playBlocks(of: UInt64.max - 3..<UInt64.max).events > 0) }

  @Test("where nothing gets lost, no orders have to be retransmitted")
  func calm() throws {
    for seed: UInt64 in 0..<TestSize.calmSchedules {
      var schedule = FaultSchedule(seed: seed)
      (schedule.disturbances, schedule.lateness, schedule.jitter) = ([], 0, 0)
      #expect(try Simulator.play(schedule, planting: .ordersNotRepeated).violation == nil, "seed \(seed)")
    }
  }

  @Test("on a machine that is up to two seconds late at times, nobody who lives is declared failed")
  func lateness() throws {
    for seed: UInt64 in 0..<TestSize.calmSchedules {
      var schedule = FaultSchedule(seed: seed)
      (schedule.disturbances, schedule.lateness, schedule.delay, schedule.slowness) = ([], 0, 2, 10)
      #expect(try Simulator.play(schedule).violation == nil, "seed \(seed)")
    }
  }

  @Test("a seed runs the same way every time")
  func determinism() throws {
    for seed: UInt64 in 0..<50 {
      let first = try Simulator.play(seed: seed, transcript: true)
      #expect(try Simulator.play(seed: seed, transcript: true) == first)
    }
  }

  @Test("a failing schedule shrinks to one that fails still, with no more in it")
  func shrinking() throws {
    let failure = try #require(
      try Simulator.playBlocks(of: 0..<TestSize.schedulesForFaults, planting: .optimizerStateNotKept).failure)
    let shrunk = try Simulator.shrink(failure.schedule, planting: .optimizerStateNotKept)
    #expect(shrunk.violation != nil && !shrunk.transcript.isEmpty)
    #expect(shrunk.schedule.disturbances.count <= failure.schedule.disturbances.count)
    #expect(shrunk.schedule.steps <= failure.schedule.steps)
    // Without what is left nothing goes wrong.
    var calm = shrunk.schedule
    calm.disturbances = []
    #expect(try Simulator.play(calm, planting: .optimizerStateNotKept).violation == nil)
  }
}
