import Coordination
import Parameters
import Testing

@Suite("Coordinator")
struct CoordinatorTests {
  typealias Run = Coordinator<String>

  static func plan(
    servers: Int = 2, workers: Int = 2, steps: Int = 10, every: Int = 4, joinDeadline: Double = 30
  ) -> RunPlan {
    RunPlan(
      specHash: "abcdef", serverCount: servers, workerCount: workers, steps: steps, microbatches: 4,
      evaluationChunks: 3, evaluations: .every(every),
      reportEvery: 3, learningRate: 0.1, joinDeadline: joinDeadline, silenceDeadline: 10,
      progressDeadline: 60)
  }

  /// A run whose members are all there and ready; the effects of the last event come back.
  static func ready(_ plan: RunPlan = plan()) -> (Run, [Run.Effect]) {
    var run = Run(plan: plan, now: 0)
    var last: [Run.Effect] = []
    for role in Member.Role.allCases {
      for rank in 0..<plan.count(of: role) {
        _ = run.handle(.hello("\(role)\(rank)", .init(role: role, rank: nil, specHash: "abcdef")), now: 1)
      }
    }
    for member in run.roster.all {
      let news = Run.News.ready(
        endpoint: member.role == .server ? "tcp://s\(member.rank)" : "",
        Fingerprint(numbers: "n", probe: member.role == .worker ? "p" : ""))
      last = run.handle(.from("\(member.role)\(member.rank)", news), now: 2)
    }
    return (run, last)
  }

  @Test("seats each role in order and refuses one too many")
  func seats() {
    var run = Run(plan: Self.plan(workers: 1), now: 0)
    let hello = Run.Hello(role: .worker, rank: nil, specHash: "")
    #expect(run.handle(.hello("a", hello), now: 0) == [.welcome("a", Member(.worker, 0))])
    #expect(run.handle(.hello("a", hello), now: 0) == [.welcome("a", Member(.worker, 0))])
    #expect(run.handle(.hello("b", hello), now: 0) == [.refuse("b", "all 1 workers of this run have joined")])
    #expect(
      run.handle(.hello("c", .init(role: .server, rank: 5, specHash: "")), now: 0)
        == [.refuse("c", "rank 5 is not below the run's 2 servers")])
  }

  @Test("refuses a worker that was started for another run")
  func otherRun() {
    var run = Run(plan: Self.plan(), now: 0)
    let effects = run.handle(.hello("a", .init(role: .worker, rank: nil, specHash: "123456")), now: 0)
    guard case .refuse("a", let sentence) = effects.first else {
      Issue.record("expected a refusal, got \(effects)")
      return
    }
    #expect(sentence.contains("123456") && sentence.contains("abcdef"))
  }

  @Test("names who is missing when the deadline has passed")
  func missing() {
    var run = Run(plan: Self.plan(), now: 0)
    _ = run.handle(.hello("a", .init(role: .server, rank: 1, specHash: "")), now: 1)
    #expect(run.handle(.tick, now: 30) == [])
    #expect(
      run.handle(.tick, now: 30.5).last
        == .ended(
          .failed, exitCode: 69, sentence: "server 0, worker 0, worker 1 did not join within 30 s"))
  }

  @Test("hands over version 0 before anybody trains")
  func opening() {
    var (run, effects) = Self.ready()
    #expect(
      effects.filter { if case .collect(_, _, version: 0) = $0 { true } else { false } }.count == 2)
    #expect(run.handle(.from("server0", .handedOver(version: 0)), now: 3) == [])
    effects = run.handle(.from("server1", .handedOver(version: 0)), now: 3)
    #expect(effects.contains(.started))
    let leaves = effects.flatMap { effect -> [Int] in
      guard case .begin(_, let begin) = effect else { return [] }
      #expect(begin.endpoints == ["tcp://s0", "tcp://s1"])
      return begin.nodes.flatMap(\.leaves)
    }
    #expect(leaves.sorted() == [0, 1, 2, 3])
  }

  @Test("raises the horizon only when every chunk is counted and every report up to there is in")
  func horizon() {
    var (run, _) = Self.ready()
    for rank in 0..<2 { _ = run.handle(.from("server\(rank)", .handedOver(version: 0)), now: 3) }
    #expect(run.horizon == 4)
    let node = ReductionTree.Node(start: 0, count: 2)
    let rest = ReductionTree.Node(start: 2, count: 1)
    let tally = Tally(lossSum: 1, correct: 1, samples: 2)
    #expect(run.handle(.from("worker0", .evaluated(version: 4, node: node, tally)), now: 4) == [])
    #expect(run.handle(.from("worker0", .evaluated(version: 4, node: node, tally)), now: 4) == [])
    #expect(run.handle(.from("server0", .reported(version: 3)), now: 4) == [])
    #expect(run.handle(.from("worker1", .evaluated(version: 4, node: rest, tally)), now: 4) == [])
    let effects = run.handle(.from("server1", .reported(version: 3)), now: 4)
    #expect(effects.first == .evaluated(version: 4, Tally(lossSum: 2, correct: 2, samples: 4)))
    #expect(effects.contains(.horizon("server0", generation: 1, version: 8)))
    #expect(run.horizon == 8)
  }

  @Test("refuses to run on processors that compute different numbers")
  func fingerprints() {
    var run = Run(plan: Self.plan(servers: 1, workers: 2), now: 0)
    for (peer, role) in [("s", Member.Role.server), ("a", .worker), ("b", .worker)] {
      _ = run.handle(.hello(peer, .init(role: role, rank: nil, specHash: "")), now: 0)
    }
    _ = run.handle(.from("s", .ready(endpoint: "e", Fingerprint(numbers: "n"))), now: 0)
    _ = run.handle(.from("a", .ready(endpoint: "", Fingerprint(numbers: "n", probe: "1"))), now: 0)
    let effects = run.handle(.from("b", .ready(endpoint: "", Fingerprint(numbers: "n", probe: "2"))), now: 0)
    guard case .ended(.failed, exitCode: 69, let sentence) = effects.last else {
      Issue.record("expected the end, got \(effects)")
      return
    }
    #expect(sentence.hasPrefix("worker 0 and worker 1 compute different numbers"))
  }

  @Test("a silent member and a dead child end the run by name")
  func losses() {
    var (run, _) = Self.ready()
    #expect(run.handle(.tick, now: 11) == [])
    _ = run.handle(.from("server0", .heartbeat(progress: 1)), now: 11)
    _ = run.handle(.from("worker0", .heartbeat(progress: 1)), now: 11)
    _ = run.handle(.from("worker1", .heartbeat(progress: 1)), now: 11)
    #expect(
      run.handle(.tick, now: 12.5).last
        == .ended(.failed, exitCode: 69, sentence: "server 1 has been silent for 10 s"))
    var (other, _) = Self.ready()
    let effects = other.handle(.exited(Member(.worker, 1), how: "signal 9"), now: 3)
    #expect(effects.count { if case .stop = $0 { true } else { false } } == 4)
    #expect(
      effects.last
        == .ended(.failed, exitCode: 69, sentence: "worker 1 ended before the run did: signal 9"))
  }

  @Test("a run in which nobody gets on is ended, and says how far each has come")
  func stuck() {
    var (run, _) = Self.ready(Self.plan(servers: 1, workers: 1))
    _ = run.handle(.from("server0", .handedOver(version: 0)), now: 3)
    for second in stride(from: 5.0, through: 60, by: 5) {
      _ = run.handle(.from("server0", .heartbeat(progress: 0)), now: second)
      _ = run.handle(.from("worker0", .heartbeat(progress: second < 12 ? Int(second) : 12)), now: second)
      #expect(run.handle(.tick, now: second) == [])
    }
    guard case .ended(.failed, exitCode: 69, let sentence) = run.handle(.tick, now: 75.5).last else {
      Issue.record("expected the end")
      return
    }
    #expect(sentence.contains("for 60 s") && sentence.contains("server 0 at 0") && sentence.contains("worker 0 at 12"))
  }

  @Test("the time that people take to join does not count as a lack of progress")
  func slowJoin() {
    var run = Run(plan: Self.plan(servers: 1, workers: 1, joinDeadline: 1000), now: 0)
    for (peer, role) in [("s", Member.Role.server), ("w", .worker)] {
      _ = run.handle(.hello(peer, .init(role: role, rank: nil, specHash: "")), now: 500)
      _ = run.handle(.from(peer, .ready(endpoint: "", Fingerprint(numbers: "n"))), now: 500)
    }
    #expect(run.phase == .opening)
    #expect(run.handle(.tick, now: 501) == [])
  }

  @Test("of several steps that are not finite the lowest is named, then network order, whoever says so first")
  func divergence() {
    for order in [[0, 1], [1, 0]] {
      var (run, _) = Self.ready()
      for rank in 0..<2 { _ = run.handle(.from("server\(rank)", .handedOver(version: 0)), now: 3) }
      for rank in order {
        #expect(run.handle(.from("server\(rank)", .diverged(step: 4, what: "layer\(rank)")), now: 4) == [])
      }
      #expect(run.handle(.tick, now: 4.4) == [])
      guard case .ended(.diverged, exitCode: 65, let sentence) = run.handle(.tick, now: 4.6).last else {
        Issue.record("expected the end")
        return
      }
      #expect(sentence.hasPrefix("step 4 is not finite in layer0 at learning rate 0.1"))
    }
  }

  @Test("workers beyond the microbatches are spares: nothing to compute, nothing to evaluate")
  func spares() {
    let plan = Self.plan(servers: 1, workers: 6)
    let tree = ReductionTree(leafCount: 4)
    let shares = (0..<6).map { plan.nodes(of: $0, in: tree).flatMap(\.leaves) }
    #expect(shares == [[0], [1], [2], [3], [], []])
    let chunks = (0..<6).map { plan.nodes(of: $0, in: ReductionTree(leafCount: 3)).flatMap(\.leaves) }
    #expect(chunks[4].isEmpty && chunks[5].isEmpty && chunks.flatMap { $0 } == [0, 1, 2])
  }
}
