import Coordination
import Parameters
import Testing

@Suite("Coordinator: rewinds and the disk")
struct DiskTests {
  typealias Run = CoordinatedRun

  @Test("a lost server leads to the next generation, at the last version on the disk")
  func serverDies() {
    var run = Run.training()
    run.pass(4, reports: [3], now: 2)
    run.send(.stored(version: 4), now: 2)
    let victim = Member(.server, 1)
    run.send(.exited(victim, incarnation: run.incarnation(of: victim), how: "signal 9"), now: 3)
    #expect(run.machine.phase.description == "joining")
    run.send(.tick, now: 3)
    #expect(run.launched == [victim])
    run.join(victim, life: 2, now: 4)
    #expect(run.effects.contains(.rewind(generation: 2, version: 4)))
    #expect(run.serverOrders.keys.sorted() == ["server 0 1", "server 1 2"])
    #expect(run.serverOrders.values.allSatisfy { $0.version == 4 && $0.horizon == 8 && $0.reported == 4 })
    run.say(.fetch(generation: 2, version: 4), victim, life: 2, now: 4)
    #expect(run.effects == [.restore("server 1 2", victim, generation: 2, version: 4)])
    // Workers hear of it once every server has entered the generation.
    run.say(.heartbeat(Pulse(generation: 2, orders: 99, progress: 4)), Member(.server, 0), now: 4)
    #expect(run.workerOrders.isEmpty)
    run.say(.heartbeat(Pulse(generation: 2, orders: 99, progress: 4)), victim, life: 2, now: 4)
    #expect(run.events.map(\.kind) == [.continued])
    #expect(run.workerOrders.values.allSatisfy { $0.version == 4 && $0.endpoints == ["tcp://s0-1", "tcp://s1-2"] })
    // What the generation before still says is void.
    run.say(.handedOver(generation: 1, version: 8), Member(.server, 0), now: 4)
    run.say(.reported(generation: 1, version: 6), Member(.server, 0), now: 4)
    #expect(run.effects.isEmpty)
  }

  /// A run whose server 0 was killed after step 4 and has joined again, in its second life, while that state is being stored.
  private static func serverReturned() -> Run {
    var run = Run.training()
    run.pass(4, reports: [3], now: 2)
    let victim = Member(.server, 0)
    run.send(.exited(victim, incarnation: run.incarnation(of: victim), how: "signal 9"), now: 3)
    run.send(.tick, now: 3)
    run.join(victim, life: 2, now: 4)
    return run
  }

  @Test("a state that is still on its way to the disk is waited for before the run goes back")
  func pendingCommit() {
    var run = Self.serverReturned()
    #expect(run.machine.phase.description == "joining")
    run.send(.stored(version: 4), now: 5)
    #expect(run.effects.contains(.rewind(generation: 2, version: 4)))
  }

  @Test("a checkpoint that can't be read is named and skipped for the one before")
  func unreadable() {
    var run = Run(Run.plan(), generation: 6, committed: [0, 4, 8])
    for member in run.machine.roster.planned { run.join(member, now: 1) }
    #expect(run.effects.first == .rewind(generation: 7, version: 8))
    run.send(.unreadable(version: 8, sentence: "torn"), now: 1)
    #expect(run.events.map(\.kind) == [.checkpointSkipped])
    #expect(run.events.map(\.what) == ["the checkpoint of step 8 was skipped: torn"])
    #expect(run.effects.contains(.rewind(generation: 8, version: 4)))
  }

  @Test("a resumed run continues from its last version, in a higher generation")
  func resumption() {
    var run = Run(Run.plan(), generation: 3, committed: [0, 4])
    for member in run.machine.roster.planned { run.join(member, now: 1) }
    #expect(run.effects.first == .rewind(generation: 4, version: 4))
    #expect(run.serverOrders.values.allSatisfy { $0.version == 4 && $0.horizon == 8 })
    run.enterGeneration(version: 4, now: 2)
    #expect(run.events.map(\.kind) == [.resumed])
  }

  @Test("two states may be on their way to the disk: training waits at the second, says so, and goes on with the first")
  func backPressure() throws {
    var run = Run.training(Run.plan(steps: 100, every: 4))
    run.pass(4, reports: [3], now: 2)
    #expect(run.machine.horizon == 8)
    run.pass(8, reports: [6], now: 3)
    #expect(run.effects.contains(.commit(generation: 1, version: 8)))
    #expect(run.machine.horizon == 8 && run.serverOrders.isEmpty)
    // However long it takes, and although nobody makes progress.
    var told: [RunEvent] = []
    for quarter in 13...1300 {
      let now = Double(quarter) / 4
      for member in run.machine.plan.members { run.say(.heartbeat(Pulse(generation: 1, orders: 99)), member, now: now) }
      run.send(.tick, now: now)
      told += run.events
      #expect(run.ending == nil)
    }
    #expect(told.count == 7 && told.allSatisfy { $0.kind == .diskWait && $0.member == nil }, "\(told)")
    // A worker that is lost meanwhile changes nothing.
    run.send(
      .exited(Member(.worker, 1), incarnation: run.incarnation(of: Member(.worker, 1)), how: "signal 9"), now: 326)
    #expect(run.serverOrders.values.allSatisfy { $0.horizon == 8 })
    run.send(.stored(version: 4), now: 327)
    #expect(run.machine.horizon == 12)
    #expect(run.serverOrders.values.allSatisfy { $0.horizon == 12 && $0.collect == 12 })
    // One of them failed: there is room for another one as well.
    run.pass(12, reports: [9, 12], now: 328)
    #expect(run.machine.horizon == 12)
    run.send(.storeFailed(version: 8, sentence: "full"), now: 329)
    #expect(run.events.map(\.kind) == [.checkpointFailed])
    #expect(run.machine.horizon == 16)
  }

  @Test("a signal while training waits for the disk: nothing is stored twice, and the run ends with the last commit")
  func interruptedWait() throws {
    for storesFirst in [false, true] {
      var run = Run.training(Run.plan(steps: 100, every: 4))
      run.pass(4, reports: [3], now: 2)
      run.pass(8, reports: [6], now: 3)
      run.send(.interrupted(signal: 1), now: 4)
      let number = try #require(run.serverOrders.values.first).number
      if storesFirst {
        for version in [4, 8] { run.send(.stored(version: version), now: 4) }
        #expect(run.effects.isEmpty)
      }
      for rank in 0..<2 {
        run.say(.heartbeat(Pulse(generation: 1, orders: number, progress: 8)), Member(.server, rank), now: 5)
      }
      if !storesFirst {
        #expect(run.effects.isEmpty && run.machine.phase.description == "closing at version 8")
        for version in [4, 8] { run.send(.stored(version: version), now: 6) }
      }
      #expect(run.ending?.1 == 129)
    }
  }

  @Test("a slow disk that a lost server has to wait for is no missing member")
  func slowDiskAtARewind() {
    var run = Self.serverReturned()
    for quarter in 17...400 {
      let now = Double(quarter) / 4
      for member in run.machine.roster.present {
        let life = member == Member(.server, 0) ? 2 : 1
        run.say(.heartbeat(Pulse(generation: 1, orders: 99)), member, life: life, now: now)
      }
      run.send(.tick, now: now)
      #expect(run.ending == nil)
    }
    run.send(.stored(version: 4), now: 101)
    #expect(run.effects.contains(.rewind(generation: 2, version: 4)))
  }
}
