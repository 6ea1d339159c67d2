import Coordination
import Failures
import Parameters
import Testing

@Suite("Coordinator: losses and recovery")
struct RecoveryTests {
  typealias Run = CoordinatedRun

  @Test("a dead worker's microbatches and chunks move at once, and it is started anew")
  func workerDies() {
    var run = Run.training()
    let victim = Member(.worker, 1)
    run.send(.exited(victim, incarnation: run.incarnation(of: victim), how: "signal 9"), now: 2)
    #expect(run.machine.generation == 1)
    let orders = run.workerOrders
    #expect(orders.keys.sorted() == ["worker 0 1"])
    #expect(orders["worker 0 1"]?.nodes == [.init(start: 0, count: 4)])
    #expect(orders["worker 0 1"]?.evaluation?.nodes == [.init(start: 0, count: 3)])
    run.send(.tick, now: 2)
    #expect(run.launched == [victim])
    run.join(victim, life: 2, now: 3)
    #expect(run.workerOrders.values.map { $0.nodes.flatMap(\.leaves).count }.sorted() == [2, 2])
  }

  @Test("a worker that was of use for some steps may be lost again and again, one that dies at once may not")
  func losses() {
    var run = Run.training(Run.plan(steps: 1000, every: 500))
    let victim = Member(.worker, 1)
    var (life, now) = (1, 2.0)
    func lose(at version: Int) {
      run.enterGeneration(version: version, now: now)
      run.send(.exited(victim, incarnation: run.incarnation(of: victim), how: "signal 9"), now: now)
    }
    func replace() {
      // Ends every silence.
      run.send(.paused, now: now)
      run.send(.tick, now: now)
      life += 1
      run.join(victim, life: life, now: now)
    }
    for version in stride(from: 20, through: 400, by: 20) {
      lose(at: version)
      replace()
      #expect(run.machine.roster.ready(.worker).contains(victim), "lost at step \(version)")
    }
    for count in 1...4 {
      lose(at: 400 + count)
      #expect(run.ending == nil)
      // Later each time.
      now += 60
      replace()
    }
    lose(at: 405)
    #expect(run.ending?.1 == ExitCode.tryAgain)
    #expect(run.ending?.2 == "worker 1 was lost 6 times within a few steps; last cause: signal 9")
  }

  @Test("the end of an earlier life means nothing")
  func earlierLife() {
    var run = Run.training()
    run.send(.exited(Member(.worker, 1), incarnation: 999, how: "signal 9"), now: 2)
    #expect(run.effects.isEmpty)
  }

  @Test("a silent worker loses its work, and says hello again when it wakes up")
  func silence() {
    var run = Run.training()
    for second in stride(from: 1.25, through: 5, by: 0.25) {
      for member in [Member(.server, 0), Member(.server, 1), Member(.worker, 0)] {
        run.say(.heartbeat(Pulse(generation: 1, orders: 99)), member, now: second)
      }
      run.send(.tick, now: second)
      if run.workerOrders["worker 0 1"]?.nodes == [.init(start: 0, count: 4)] {
        // Never heard of regularly, so that the whole limit is its own.
        #expect(second > 4)
        break
      }
    }
    #expect(run.machine.roster.ready(.worker) == [Member(.worker, 0)])
    run.say(.heartbeat(Pulse()), Member(.worker, 1), now: 6)
    #expect(run.effects == [.rejoin("worker 1 1")])
    run.join(Member(.worker, 1), life: 2, incarnation: 1 << 40, now: 6)
    #expect(run.workerOrders.count == 2)
  }

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
    #expect(run.workerOrders.values.allSatisfy { $0.version == 4 && $0.endpoints == ["tcp://s0-1", "tcp://s1-2"] })
    // What the generation before still says is void.
    run.say(.handedOver(generation: 1, version: 8), Member(.server, 0), now: 4)
    run.say(.reported(generation: 1, version: 6), Member(.server, 0), now: 4)
    #expect(run.effects.isEmpty)
  }

  @Test("a state that is still on its way to the disk is waited for before the run goes back")
  func pendingCommit() {
    var run = Run.training()
    run.pass(4, reports: [3], now: 2)
    let victim = Member(.server, 0)
    run.send(.exited(victim, incarnation: run.incarnation(of: victim), how: "signal 9"), now: 3)
    run.send(.tick, now: 3)
    run.join(victim, life: 2, now: 4)
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
    guard case .happened(let incident) = run.effects.first else {
      Issue.record("no event")
      return
    }
    #expect(incident.what == "the checkpoint of step 8 was skipped: torn")
    #expect(run.effects.contains(.rewind(generation: 8, version: 4)))
  }

  @Test("a resumed run continues from its last version, in a higher generation")
  func resumption() {
    var run = Run(Run.plan(), generation: 3, committed: [0, 4])
    for member in run.machine.roster.planned { run.join(member, now: 1) }
    #expect(run.effects.first == .rewind(generation: 4, version: 4))
    #expect(run.serverOrders.values.allSatisfy { $0.version == 4 && $0.horizon == 8 })
  }

  @Test("unacknowledged orders are retransmitted with back-off, acknowledged ones are not")
  func repetition() {
    var run = Run.training()
    var times: [Double] = []
    for tenth in 11...120 {
      let now = Double(tenth) / 10
      for member in run.machine.roster.planned where member != Member(.worker, 1) {
        run.say(.heartbeat(Pulse(generation: 1, orders: 99)), member, now: now)
      }
      // It lives, and has not heard of its orders.
      run.say(.heartbeat(Pulse(generation: 1, orders: 0)), Member(.worker, 1), now: now)
      run.send(.tick, now: now)
      #expect(run.serverOrders.isEmpty && run.workerOrders.keys.allSatisfy { $0 == "worker 1 1" })
      if !run.workerOrders.isEmpty { times.append(now) }
    }
    #expect(times.count == 3)
    #expect(zip(times, times.dropFirst()).map { $1 - $0 }.allSatisfy { $0 >= 2 })
  }

  @Test("a worker with work in hand that finishes nothing is hung; one without work is not")
  func hung() {
    var run = Run.training()
    for tenth in 11...400 {
      let now = Double(tenth) / 10
      for rank in 0..<2 {
        run.say(.heartbeat(Pulse(generation: 1, orders: 99, progress: tenth)), Member(.server, rank), now: now)
      }
      run.say(.heartbeat(Pulse(generation: 1, orders: 99, progress: 5)), Member(.worker, 0), now: now)
      let progress = min(tenth, 15)
      run.say(
        .heartbeat(Pulse(generation: 1, orders: 99, progress: progress, pending: 2)), Member(.worker, 1), now: now)
      run.send(.tick, now: now)
    }
    #expect(run.machine.roster.ready(.worker) == [Member(.worker, 0)])
  }

  @Test("after a pause of its own the coordinator counts no silence")
  func ownPause() {
    var run = Run.training()
    run.send(.paused, now: 100)
    run.send(.tick, now: 100.1)
    #expect(run.machine.roster.present.count == 4)
  }

  @Test("a member that is lost again and again ends the run, which can be resumed")
  func hopeless() throws {
    var run = Run.training()
    let victim = Member(.server, 0)
    var now = 2.0
    for life in 2...7 {
      run.send(.exited(victim, incarnation: run.incarnation(of: victim), how: "signal 11"), now: now)
      if run.ending != nil { break }
      while run.launched.isEmpty {
        now += 1
        for member in run.machine.roster.present {
          run.say(.heartbeat(Pulse(generation: run.machine.generation, orders: 99)), member, now: now)
        }
        run.send(.tick, now: now)
        if run.ending != nil { break }
      }
      run.join(victim, life: life, now: now)
    }
    let (_, exitCode, sentence) = try #require(run.ending)
    #expect(exitCode == 75)
    #expect(sentence == "server 0 was lost 6 times within a few steps; last cause: signal 11")
  }

  @Test("workers come and go: one more gets a rank beyond, one is drained, the last is not")
  func elastic() {
    var run = Run.training(Run.plan(servers: 1, workers: 1))
    run.send(.hello("x", .init(role: .worker, rank: nil, specHash: "", incarnation: 77)), now: 2)
    #expect(run.effects == [.welcome("x", Member(.worker, 1))])
    run.send(.from("x", .ready(endpoint: "", Fingerprint(numbers: "n", probe: "p"))), now: 2)
    #expect(run.workerOrders.values.map { $0.nodes.flatMap(\.leaves).count } == [2, 2])
    #expect(run.machine.obstacle(toDraining: 5) == "the run has no worker 5; it has 0, 1")
    #expect(run.machine.obstacle(toDraining: 0) == nil)
    run.send(.drain(rank: 0), now: 3)
    #expect(run.effects.first == .stop("worker 0 1", exitCode: 0, sentence: "drained"))
    #expect(run.workerOrders["x"]?.nodes == [.init(start: 0, count: 4)])
    #expect(run.machine.obstacle(toDraining: 1) == "worker 1 is the run's only ready worker")
    // No process is launched for a drained worker.
    run.send(.tick, now: 4)
    #expect(run.launched.isEmpty)
  }

  @Test("the deadline of a lease follows the regularity of heartbeats, between its bounds")
  func leases() {
    func deadline(_ gap: (Int) -> Double) -> Double {
      var lease = Lease(now: 0)
      var now = 0.0
      for index in 0..<40 {
        now += gap(index)
        lease.heard(now: now)
      }
      return lease.deadline(limit: 3)
    }
    #expect(deadline { _ in 0.25 } == Deadlines.shortestLease)
    #expect(abs(deadline { _ in 0.5 } - 2) < 1e-9)
    #expect(deadline { $0.isMultiple(of: 2) ? 0.2 : 1 } == 3)
    #expect(Lease(now: 0).deadline(limit: 3) == 3)
  }
}
