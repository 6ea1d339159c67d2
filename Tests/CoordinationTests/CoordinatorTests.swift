import Coordination
import Parameters
import Testing

@Suite("Coordinator: the way to the end")
struct CoordinatorTests {
  typealias Run = CoordinatedRun

  @Test("gives each role its ranks in order and refuses one too many")
  func ranks() {
    var run = Run(Run.plan(workers: 1))
    let hello = Run.Machine.Hello(role: .worker, rank: nil, specHash: "", incarnation: 1)
    for _ in 0..<2 {
      run.send(.hello("a", hello), now: 0)
      #expect(run.effects == [.welcome("a", Member(.worker, 0))])
    }
    run.send(.hello("b", hello), now: 0)
    #expect(run.effects == [.refuse("b", exitCode: 69, "every rank is taken: the run has 1 worker")])
    run.send(.hello("c", .init(role: .server, rank: 5, specHash: "", incarnation: 1)), now: 0)
    #expect(run.effects == [.refuse("c", exitCode: 69, "rank 5 is out of range: the run has 2 servers")])
  }

  @Test("refuses a worker that was started for another run")
  func otherRun() {
    var run = Run(Run.plan())
    run.send(.hello("a", .init(role: .worker, rank: nil, specHash: "123456", incarnation: 1)), now: 0)
    guard case .refuse("a", 69, let sentence) = run.effects.first else {
      Issue.record("expected a refusal, got \(run.effects)")
      return
    }
    #expect(sentence.contains("123456") && sentence.contains("abcdef"))
  }

  @Test("starts everybody once, and names who is missing when the deadline has passed")
  func missing() throws {
    var run = Run(Run.plan())
    run.send(.tick, now: 0)
    #expect(run.launched == run.machine.roster.planned)
    run.send(.hello("a", .init(role: .server, rank: 1, specHash: "", incarnation: 2)), now: 29)
    run.send(.tick, now: 30)
    #expect(run.effects.isEmpty)
    run.send(.tick, now: 30.5)
    let (outcome, exitCode, sentence) = try #require(run.ending)
    #expect(outcome == .failed && exitCode == 69)
    #expect(sentence == "server 0, worker 0, worker 1 did not join within 30 s")
  }

  @Test("keeps version 0, then leads from milestone to milestone to the last version on the disk")
  func milestones() throws {
    var run = Run(Run.plan())
    for member in run.machine.roster.planned { run.join(member, now: 1) }
    #expect(run.effects.first == .rewind(generation: 1, version: 0))
    let contributors = [0, 1].map { ServerOrders.Contributor(rank: $0, badge: 100 + UInt64($0)) }
    #expect(
      Set(run.serverOrders.values) == [
        ServerOrders(number: 1, version: 0, horizon: 0, collect: 0, reported: 0, contributors: contributors)
      ])
    run.enterGeneration(now: 1)
    #expect(run.effects.first == .started)
    #expect(run.workerOrders.values.flatMap { $0.nodes.flatMap(\.leaves) }.sorted() == [0, 1, 2, 3])
    #expect(
      run.workerOrders.values.allSatisfy { $0.endpoints == ["tcp://s0-1", "tcp://s1-1"] && $0.evaluation == nil })
    for rank in 0..<2 { run.say(.handedOver(generation: 1, version: 0), Member(.server, rank), now: 1) }
    #expect(run.effects.first == .commit(generation: 1, version: 0))
    #expect(run.machine.horizon == 4)
    #expect(run.serverOrders.values.allSatisfy { $0.horizon == 4 && $0.collect == 4 })
    #expect(run.workerOrders.values.flatMap { $0.evaluation?.nodes.flatMap(\.leaves) ?? [] }.sorted() == [0, 1, 2])
    run.send(.stored(version: 0), now: 1)
    run.pass(4, reports: [3], now: 2)
    #expect(run.effects.first == .evaluated(version: 4, Tally(lossSum: 1, correct: 1, samples: 2)))
    #expect(run.effects.contains(.commit(generation: 1, version: 4)))
    #expect(run.machine.horizon == 8)
    run.send(.stored(version: 4), now: 3)
    run.pass(8, reports: [6], now: 3)
    run.pass(10, reports: [9, 10], now: 4)
    #expect(run.ending == nil)
    run.send(.stored(version: 8), now: 5)
    #expect(run.ending == nil)
    run.send(.stored(version: 10), now: 5)
    let (outcome, exitCode, _) = try #require(run.ending)
    #expect(outcome == .done && exitCode == 0)
  }

  @Test("a milestone waits for every report, every chunk and every state, and each counts once")
  func waits() {
    var run = Run.training()
    let tally = Tally(lossSum: 1, correct: 1, samples: 2)
    func count(_ node: ReductionTree.Node, _ worker: Int) {
      run.say(.evaluated(generation: 1, version: 4, node: node, tally), Member(.worker, worker), now: 2)
    }
    for _ in 0..<2 { count(.init(start: 0, count: 2), 0) }
    for rank in 0..<2 { run.say(.handedOver(generation: 1, version: 4), Member(.server, rank), now: 2) }
    run.say(.reported(generation: 1, version: 3), Member(.server, 0), now: 2)
    #expect(run.effects == [.record(server: 0, version: 3)])
    count(.init(start: 2, count: 1), 1)
    // Too early, of another generation, and again: none of these is the report that is missing.
    for (generation, version, server) in [(1, 6, 1), (2, 3, 1), (1, 3, 0)] as [(UInt64, Int, Int)] {
      run.say(.reported(generation: generation, version: version), Member(.server, server), now: 2)
      #expect(run.effects.isEmpty)
    }
    #expect(run.machine.horizon == 4)
    run.say(.reported(generation: 1, version: 3), Member(.server, 1), now: 2)
    #expect(run.effects.first == .record(server: 1, version: 3), "records come before what follows from them")
    #expect(run.effects.dropFirst().first == .evaluated(version: 4, Tally(lossSum: 2, correct: 2, samples: 4)))
    #expect(run.machine.horizon == 8)
  }

  @Test("a report with a gradient that is not finite is news of divergence")
  func reports() {
    typealias News = Run.Machine.News
    #expect(News.report(generation: 2, version: 6, nonFinite: nil) == .reported(generation: 2, version: 6))
    #expect(
      News.report(generation: 2, version: 6, nonFinite: "conv1") == .diverged(generation: 2, step: 6, what: "conv1"))
  }

  @Test("a peer without a place is told to join again, whatever it sends, and changes nothing")
  func strangers() {
    var run = Run.training()
    run.send(.stranger("x"), now: 2)
    #expect(run.effects == [.rejoin("x")])
    run.send(.from("x", .reported(generation: 1, version: 3)), now: 2)
    #expect(run.effects == [.rejoin("x")])
    #expect(run.machine.roster.member(at: "x") == nil)
  }

  @Test("refuses to run on processors that compute different numbers")
  func fingerprints() throws {
    var run = Run(Run.plan(servers: 1, workers: 2))
    for member in run.machine.roster.planned {
      run.send(
        .hello("\(member)", .init(role: member.role, rank: member.rank, specHash: "", incarnation: 1)), now: 0)
      run.send(.from("\(member)", .ready(endpoint: "", Fingerprint(numbers: "n", probe: "\(member.rank)"))), now: 0)
    }
    let (outcome, exitCode, sentence) = try #require(run.ending)
    #expect(outcome == .failed && exitCode == 69)
    #expect(sentence.hasPrefix("worker 0 and worker 1 compute different numbers"))
  }

  @Test("workers that round differently train together if the run allows it, and other numbers are refused still")
  func otherArithmetic() throws {
    func run(_ fingerprints: [Fingerprint]) -> Run {
      var plan = Run.plan(servers: 1, workers: 2)
      plan.toleratesOtherArithmetic = true
      var run = Run(plan)
      for (member, fingerprint) in zip(run.machine.roster.planned, fingerprints) {
        run.send(
          .hello("\(member)", .init(role: member.role, rank: member.rank, specHash: "", incarnation: 1)), now: 0)
        run.send(.from("\(member)", .ready(endpoint: "", fingerprint)), now: 0)
      }
      return run
    }
    let server = Fingerprint(numbers: "n")
    let mixed = run([
      server, Fingerprint(numbers: "n", probe: "b", library: "y"), Fingerprint(numbers: "n", probe: "a", library: "x"),
    ])
    #expect(mixed.ending == nil)
    #expect(mixed.machine.roster.workersFingerprint == Fingerprint(numbers: "n", probe: "a+b", library: "x and y"))
    #expect(mixed.machine.roster.workersFingerprint?.isMixed == true)
    let other = run([server, Fingerprint(numbers: "n", probe: "a"), Fingerprint(numbers: "m", probe: "a")])
    #expect(try #require(other.ending).2.hasPrefix("server 0 and worker 1 compute different numbers"))
    let images = run([
      server, Fingerprint(numbers: "n", probe: "a", images: "i"), Fingerprint(numbers: "n", probe: "b", images: "j"),
    ])
    #expect(try #require(images.ending).2.hasPrefix("worker 0 and worker 1 read different images"))
  }

  @Test("a newcomer that computes other numbers is sent away, and the run goes on")
  func strangeNewcomer() {
    var run = Run.training()
    run.send(.hello("x", .init(role: .worker, rank: nil, specHash: "", incarnation: 77)), now: 2)
    #expect(run.effects == [.welcome("x", Member(.worker, 2))])
    run.send(.from("x", .ready(endpoint: "", Fingerprint(numbers: "other"))), now: 2)
    guard case .stop("x", 69, _) = run.effects.first else {
      Issue.record("expected a stop, got \(run.effects)")
      return
    }
    #expect(run.machine.phase.description == "training")
    #expect(run.machine.roster.ready(.worker).count == 2)
  }

  @Test("a run without progress is ended, and its sentence says how far each member has come")
  func stuck() throws {
    var run = Run.training(Run.plan(servers: 1, workers: 1))
    for second in stride(from: 2.0, through: 71, by: 1) {
      run.say(.heartbeat(Pulse(generation: 1, orders: 99, progress: 2)), Member(.server, 0), now: second)
      run.say(
        .heartbeat(Pulse(generation: 1, orders: 99, progress: min(Int(second), 12))), Member(.worker, 0), now: second)
      run.send(.tick, now: second)
      #expect(run.ending == nil)
    }
    run.send(.tick, now: 72.5)
    let (_, exitCode, sentence) = try #require(run.ending)
    #expect(exitCode == 75)
    #expect(sentence.contains("for 60 s") && sentence.contains("server 0 at 2") && sentence.contains("worker 0 at 12"))
  }

  @Test("of several non-finite steps the lowest is named, then network order, regardless of who reports first")
  func divergence() throws {
    for order in [[0, 1], [1, 0]] {
      var run = Run.training(now: 3)
      for rank in order {
        run.say(.diverged(generation: 1, step: 4, what: "layer\(rank)"), Member(.server, rank), now: 4)
        #expect(run.effects.isEmpty)
      }
      run.send(.tick, now: 4.4)
      #expect(run.ending == nil)
      run.send(.tick, now: 4.6)
      let (outcome, exitCode, sentence) = try #require(run.ending)
      #expect(outcome == .diverged && exitCode == 65)
      #expect(sentence.hasPrefix("step 4 is not finite in layer0 at learning rate 0.1"))
    }
  }

  @Test("a step that some workers' gradients spoiled names these, and not the learning rate")
  func spoiled() throws {
    var run = Run.training(now: 3)
    let news = Run.Machine.News.report(generation: 1, version: 4, nonFinite: "conv1", senders: [1])
    run.say(news, Member(.server, 0), now: 4)
    run.send(.tick, now: 4.6)
    let (outcome, exitCode, sentence) = try #require(run.ending)
    #expect(outcome == .diverged && exitCode == 65)
    #expect(
      sentence == "step 4 is not finite in conv1: the gradient of worker 1 is not, those of the others are; "
        + "check that machine, or the data")
  }

  @Test("servers are told at once whose gradients count, when a worker comes, goes or takes another's place")
  func contributors() {
    func named(_ run: Run) -> Set<[ServerOrders.Contributor]> { Set(run.serverOrders.values.map(\.contributors)) }
    var run = Run.training(now: 3)
    run.join(Member(.worker, 2), now: 4)
    #expect(named(run) == [(0...2).map { .init(rank: $0, badge: 100 + UInt64($0)) }])
    run.send(.exited(Member(.worker, 0), incarnation: run.incarnation(of: Member(.worker, 0)), how: "killed"), now: 5)
    #expect(named(run) == [(1...2).map { .init(rank: $0, badge: 100 + UInt64($0)) }])
    run.join(Member(.worker, 0), life: 2, now: 6)
    #expect(named(run).first?.first == .init(rank: 0, badge: 200))
    // A server was lost, and the others wait for the next one's state.
    run.send(.exited(Member(.server, 1), incarnation: run.incarnation(of: Member(.server, 1)), how: "killed"), now: 7)
    run.join(Member(.server, 1), life: 2, now: 8)
    run.join(Member(.worker, 3), now: 8)
    #expect(named(run).first?.map(\.rank) == [0, 1, 2, 3])
  }

  @Test("workers beyond the microbatches are spares: nothing to compute, nothing to evaluate")
  func spares() {
    var run = Run(Run.plan(servers: 1, workers: 6))
    for member in run.machine.roster.planned { run.join(member, now: 1) }
    run.enterGeneration(now: 1)
    let shares = (0..<6).map { run.workerOrders["worker \($0) 1"]?.nodes.flatMap(\.leaves) }
    #expect(shares == [[0], [1], [2], [3], [], []])
  }

  @Test("a signal holds the servers, keeps the highest of their versions, and then ends the run")
  func interruption() throws {
    var run = Run.training()
    run.send(.interrupted(signal: 15), now: 2)
    let number = try #require(run.serverOrders.values.first).number
    #expect(run.serverOrders.values.allSatisfy { $0.horizon == 0 })
    run.say(.heartbeat(Pulse(generation: 1, orders: number, progress: 2)), Member(.server, 0), now: 2)
    #expect(run.effects.isEmpty)
    run.say(.heartbeat(Pulse(generation: 1, orders: number, progress: 3)), Member(.server, 1), now: 2)
    #expect(run.serverOrders.values.allSatisfy { $0.horizon == 3 && $0.collect == 3 })
    for rank in 0..<2 {
      run.say(.reported(generation: 1, version: 3), Member(.server, rank), now: 2)
      run.say(.handedOver(generation: 1, version: 3), Member(.server, rank), now: 2)
    }
    #expect(run.effects == [.commit(generation: 1, version: 3)])
    run.send(.stored(version: 3), now: 2)
    let (outcome, exitCode, sentence) = try #require(run.ending)
    #expect(outcome == .interrupted && exitCode == 143)
    #expect(sentence == "interrupted by signal 15")
  }

  @Test("three checkpoints in a row that fail stop the run; one that succeeds between them forgives")
  func failedCheckpoints() throws {
    var run = Run.training(Run.plan(steps: 100, every: 1))
    for version in 1...2 { run.send(.storeFailed(version: version, sentence: "full"), now: 2) }
    run.send(.stored(version: 3), now: 2)
    for version in 4...5 { run.send(.storeFailed(version: version, sentence: "full"), now: 2) }
    #expect(run.ending == nil)
    run.send(.storeFailed(version: 6, sentence: "full"), now: 2)
    let (_, exitCode, sentence) = try #require(run.ending)
    #expect(exitCode == 74 && sentence == "full")
  }
}
