import Coordination
import Failures
import Parameters
import Testing

@Suite("Coordinator: silence")
struct SilenceTests {
  typealias Run = CoordinatedRun

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

  @Test("a coordinator that is paused again and again still loses a member that says nothing between its pauses")
  func manyPauses() {
    var run = Run.training()
    let silent = Member(.worker, 1)
    var (now, turn) = (1.0, 0)
    while now < 20, run.machine.roster.present.contains(silent) {
      turn += 1
      // Every fifth turn is late.
      let isLate = turn.isMultiple(of: 5)
      now += isLate ? 1 : 0.25
      for member in run.machine.plan.members where member != silent {
        run.say(.heartbeat(Pulse(generation: 1, orders: 99)), member, now: now)
      }
      run.send(isLate ? .paused : .tick, now: now)
    }
    // Silent for more than 3 s, not counting three pauses.
    #expect(run.machine.roster.present.count == 3 && now == 7.25, "\(now)")
  }

  @Test("a worker whose microbatches take long is hung only after ten times as long")
  func slowSteps() {
    var run = Run.training(Run.plan(steps: 1000, every: 500))
    let slow = Member(.worker, 1)
    var lost: Double?
    for half in 3...400 where lost == nil {
      let now = Double(half) / 2
      for member in run.machine.plan.members {
        // A microbatch in six seconds, and none after the 30th.
        let progress = member == slow ? Int(min(now, 30)) / 6 : half
        run.say(
          .heartbeat(Pulse(generation: 1, orders: 99, progress: progress, pending: member.role == .worker ? 2 : 0)),
          member, now: now)
      }
      run.send(.tick, now: now)
      if !run.machine.roster.present.contains(slow) { lost = now }
    }
    #expect((90...91).contains(lost ?? 0), "\(lost ?? 0)")
  }

  @Test("a silence is a failure when it is four times as long as the longest gap of the last minute, within bounds")
  func deadlines() {
    func deadline(after seconds: Double, gap: (Int) -> Double) -> Double {
      var delay = ObservedDelay(now: 0)
      var (now, index) = (0.0, 0)
      while now < seconds {
        let gap = gap(index)
        now += gap
        delay.note(gap, now: now)
        index += 1
      }
      return delay.deadline(limit: 10)
    }
    // The first minute, when everybody starts at the same time.
    #expect(ObservedDelay(now: 0).deadline(limit: 10) == 5)
    #expect(ObservedDelay(now: 0).deadline(limit: 3) == 3)
    #expect(deadline(after: 70) { _ in 0.25 } == Deadlines.shortestLease)
    #expect(abs(deadline(after: 70) { _ in 0.5 } - 2) < 1e-9)
    #expect(deadline(after: 70) { $0 % 20 == 19 ? 2 : 0.25 } == 8)
    #expect(deadline(after: 70) { $0 % 20 == 19 ? 4 : 0.25 } == 10)
  }

  @Test("gaps of live members and of the coordinator itself lengthen the deadline of all; reading images does not")
  func delays() {
    /// Beats of every member but one, which falls silent at `start`; when that one is lost.
    func loss(after start: Double, gap: Double, tick: Double = 0.25) -> Double? {
      let plan = RunPlan(
        specHash: "abcdef", serverCount: 1, workerCount: 2, steps: 1000, microbatches: 4, evaluationChunks: 3,
        evaluations: .every(1000), checkpoints: .every(1000), reportEvery: 100, learningRate: 0.1, joinDeadline: 30,
        silenceDeadline: 10, computeDeadline: 20, progressDeadline: 1000)
      var run = Run.training(plan)
      let victim = Member(.worker, 1)
      var (now, nextTick) = (1.0, 1.0)
      while now < start + 20 {
        // Every eighth beat is late.
        now += Int(now * 4) % 8 == 0 ? gap : 0.25
        for member in plan.members where member != victim || now < start {
          run.say(.heartbeat(Pulse(generation: 1, orders: 99)), member, now: now)
        }
        guard now >= nextTick else { continue }
        nextTick = now + tick
        run.send(.tick, now: now)
        if !run.machine.roster.present.contains(victim) { return now - start }
      }
      return nil
    }
    let quiet = loss(after: 100, gap: 0.25)
    #expect((1.5...2.25).contains(quiet ?? 0), "\(quiet ?? 0)")
    let busy = loss(after: 100, gap: 1)
    #expect((4...5.25).contains(busy ?? 0), "\(busy ?? 0)")
    let late = loss(after: 100, gap: 0.25, tick: 1)
    #expect((4...5.25).contains(late ?? 0), "\(late ?? 0)")
  }

  @Test("who does not return is named, and nobody who is there")
  func returning() throws {
    var run = Run.training()
    run.send(.exited(Member(.server, 0), incarnation: run.incarnation(of: Member(.server, 0)), how: "cut"), now: 2)
    run.send(.drain(rank: 1), now: 2)
    for second in 3...40 where run.ending == nil {
      for member in run.machine.roster.present {
        run.say(.heartbeat(Pulse(generation: 1, orders: 99)), member, now: Double(second))
      }
      run.send(.tick, now: Double(second))
    }
    #expect(try #require(run.ending).2 == "server 0 (last heard 32 s ago) did not return within 30 s")
  }

  @Test("a server that is silent is waited for, and goes on with its state when it returns")
  func serverReturns() {
    var run = Run.training()
    let server = Member(.server, 1)
    var now = run.advance(without: server, from: 1, to: 10)
    #expect(run.events.map(\.kind) == [.missed] && run.events.map(\.member) == [server] && now == 4.25)
    now = run.advance(without: server, from: now, to: 12)
    #expect(now == 12 && run.effects.isEmpty)
    run.say(.heartbeat(Pulse(generation: 1, orders: 1)), server, now: 12.1)
    #expect(run.events.map(\.kind) == [.returned])
    #expect(run.events.map(\.what) == ["server 1 is back after 11.1 s"])
    // What it may have missed.
    #expect(run.serverOrders.keys.sorted() == ["server 1 1"])
    #expect(run.machine.generation == 1 && run.machine.phase.description == "training")
    now = run.advance(without: Member(.worker, 9), from: 12.1, to: 40)
    #expect(run.launched.isEmpty && run.events.isEmpty)
  }

  @Test("a server that does not return is replaced after a while; who returns first stays")
  func serverReplaced() {
    let server = Member(.server, 1)
    for isLate in [false, true] {
      var run = Run.training()
      let missed = run.advance(without: server, from: 1, to: 30)
      #expect(run.events.map(\.kind) == [.missed])
      let launched = run.advance(without: server, from: missed, to: 30)
      #expect(run.launched == [server] && launched > missed + 9 && run.machine.generation == 1)
      if isLate {
        run.join(server, life: 2, now: launched + 0.1)
        #expect(run.machine.generation == 2 && run.machine.roster[server]?.peer == "server 1 2")
        run.say(.heartbeat(Pulse(generation: 1, orders: 1)), server, now: launched + 0.2)
        #expect(run.effects == [.rejoin("server 1 1")])
      } else {
        run.say(.heartbeat(Pulse(generation: 1, orders: 1)), server, now: launched + 0.1)
        #expect(run.events.map(\.kind) == [.returned])
        run.send(
          .hello("server 1 2", .init(role: .server, rank: 1, specHash: "", incarnation: 77)), now: launched + 0.2)
        #expect(
          run.effects == [.refuse("server 1 2", exitCode: ExitCode.tryAgain, "server 1 has already joined")])
        #expect(run.machine.generation == 1)
      }
    }
  }

  @Test("a server that stays away ends the run, which names it, its host and since when, and nobody who is there")
  func serverStaysAway() throws {
    var run = Run(Run.plan(joinDeadline: 20))
    run.send(.tick, now: 1)
    for member in run.machine.roster.planned { run.join(member, host: "host-of-\(member.rank)", now: 1) }
    run.enterGeneration(now: 1)
    for rank in 0..<2 { run.say(.handedOver(generation: 1, version: 0), Member(.server, rank), now: 1) }
    run.send(.stored(version: 0), now: 1)
    let server = Member(.server, 1)
    var now = 1.0
    while run.ending == nil, now < 60 { now = run.advance(without: server, from: now, to: 60) }
    let ending = try #require(run.ending)
    #expect(ending.1 == ExitCode.tryAgain)
    #expect(ending.2 == "server 1 (on host host-of-1, last heard 20 s ago) did not return within 20 s")
  }
}
