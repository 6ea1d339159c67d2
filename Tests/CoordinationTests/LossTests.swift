import Coordination
import Failures
import Parameters
import Testing

@Suite("Coordinator: losses")
struct LossTests {
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

  @Test("a milestone forgives the losses before it")
  func forgiveness() {
    var run = Run.training(Run.plan(steps: 100, every: 4))
    let victim = Member(.worker, 1)
    var (life, now) = (1, 2.0)
    func lose(_ times: Int) {
      for _ in 0..<times {
        run.send(.exited(victim, incarnation: run.incarnation(of: victim), how: "signal 9"), now: now)
        now += 60
        run.send(.paused, now: now)
        run.send(.tick, now: now)
        life += 1
        run.join(victim, life: life, now: now)
      }
    }
    lose(5)
    #expect(run.machine.roster.ready(.worker).contains(victim))
    run.pass(4, reports: [3], now: now)
    #expect(run.machine.horizon == 8)
    lose(5)
    #expect(run.machine.roster.ready(.worker).contains(victim))
    lose(1)
    #expect(!run.machine.roster.ready(.worker).contains(victim) && run.machine.phase.description == "ended (failed)")
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

  @Test("a server that was ended to make room for another is launched once, and its loss has the right cause")
  func serverEnded() {
    var run = Run.training()
    let server = Member(.server, 1)
    let earlier = run.incarnation(of: server)
    var now = run.advance(without: server, from: 1, to: 30)
    now = run.advance(without: server, from: now, to: 30)
    #expect(run.launched == [server])
    run.send(.exited(server, incarnation: earlier, how: "signal 9"), now: now + 0.1)
    #expect(run.events.map(\.what).first?.hasPrefix("server 1 lost: no message for ") == true)
    run.send(.tick, now: now + 0.2)
    #expect(run.launched.isEmpty)
    run.join(server, life: 2, now: now + 0.3)
    #expect(run.machine.generation == 2)
  }

  @Test("a process that was given up with its host is told to stop when it is back, whether it was lost before or then")
  func givenUp() {
    for isSilentBefore in [false, true] {
      var run = Run.training()
      let worker = Member(.worker, 1)
      var now = 2.0
      if isSilentBefore {
        now = run.advance(without: worker, from: 1, to: 30)
        #expect(run.events.map(\.kind) == [.lost])
      }
      run.send(.exited(worker, incarnation: run.incarnation(of: worker), how: "host b was lost"), now: now)
      run.say(.heartbeat(Pulse(generation: 1, orders: 1)), worker, now: now + 1)
      #expect(
        run.effects == [
          .stop("worker 1 1", exitCode: 69, sentence: "its host was lost, and another process runs in its place")
        ])
    }
  }

  @Test("a loss, a join and a drain are recorded with their kind and member, beside the words")
  func events() {
    var run = Run.training()
    let victim = Member(.worker, 1)
    run.send(.exited(victim, incarnation: run.incarnation(of: victim), how: "signal 9"), now: 2)
    #expect(run.events.map(\.kind) == [.lost] && run.events.map(\.member) == [victim])
    run.send(.tick, now: 2)
    run.join(victim, life: 2, now: 3)
    #expect(run.events.map(\.kind) == [.joined] && run.events.map(\.member) == [victim])
    run.send(.drain(rank: 0), now: 4)
    #expect(run.events.map(\.kind) == [.drained] && run.events.map(\.member) == [Member(.worker, 0)])
  }
}
