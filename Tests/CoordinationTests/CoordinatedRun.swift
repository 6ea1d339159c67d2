import Coordination
import Parameters

/// A run whose members say what the test lets them say.
struct CoordinatedRun {
  typealias Machine = Coordinator<String>

  var machine: Machine
  /// Of the last event.
  var effects: [Machine.Effect] = []
  private var incarnations: [Member: UInt64] = [:]

  init(_ plan: RunPlan, generation: UInt64 = 0, committed: [Int] = []) {
    machine = Machine(plan: plan, generation: generation, committed: committed, now: 0)
  }

  static func plan(
    servers: Int = 2, workers: Int = 2, steps: Int = 10, every: Int = 4, microbatches: Int = 4,
    joinDeadline: Double = 30
  ) -> RunPlan {
    RunPlan(
      specHash: "abcdef", serverCount: servers, workerCount: workers, steps: steps, microbatches: microbatches,
      evaluationChunks: 3, evaluations: .every(every), checkpoints: .every(every), reportEvery: 3, learningRate: 0.1,
      joinDeadline: joinDeadline, silenceDeadline: 3, computeDeadline: 20, progressDeadline: 60)
  }

  /// Everybody is there, version 0 is on the disk, and the servers may go on.
  static func training(_ plan: RunPlan = plan(), now: Double = 1) -> CoordinatedRun {
    var run = CoordinatedRun(plan)
    run.send(.tick, now: now)
    for member in run.machine.roster.planned { run.join(member, now: now) }
    run.enterGeneration(now: now)
    for rank in 0..<plan.serverCount {
      run.say(.handedOver(generation: run.machine.generation, version: 0), Member(.server, rank), now: now)
    }
    run.send(.stored(version: 0), now: now)
    return run
  }

  static func peer(_ member: Member, life: Int = 1) -> String { "\(member) \(life)" }

  mutating func send(_ event: Machine.Event, now: Double) {
    effects = machine.handle(event, now: now)
    for case .launch(let member, let incarnation) in effects { incarnations[member] = incarnation }
  }

  mutating func say(_ news: Machine.News, _ member: Member, life: Int = 1, now: Double) {
    send(.from(Self.peer(member, life: life), news), now: now)
  }

  mutating func join(_ member: Member, life: Int = 1, incarnation: UInt64? = nil, host: String = "", now: Double) {
    send(
      .hello(
        Self.peer(member, life: life),
        .init(
          role: member.role, rank: member.rank, specHash: "abcdef",
          incarnation: incarnation ?? incarnations[member] ?? 0, badge: UInt64(100 * life + member.rank),
          host: host)), now: now)
    say(
      .ready(
        endpoint: member.role == .server ? "tcp://s\(member.rank)-\(life)" : "",
        Fingerprint(numbers: "n", probe: member.role == .worker ? "p" : "")), member, life: life, now: now)
  }

  func incarnation(of member: Member) -> UInt64 { incarnations[member] ?? 0 }

  /// Every server says that it has entered the generation, at the version of its orders or `version`.
  mutating func enterGeneration(version: Int = 0, lives: [Int: Int] = [:], now: Double) {
    for rank in 0..<machine.plan.serverCount {
      say(
        .heartbeat(Pulse(generation: machine.generation, orders: 1, progress: version)), Member(.server, rank),
        life: lives[rank, default: 1], now: now)
    }
  }

  /// Everything that belongs to the milestone at `version` comes in, and is stored.
  mutating func pass(_ version: Int, reports: [Int], now: Double) {
    let generation = machine.generation
    for rank in 0..<machine.plan.serverCount {
      for report in reports { say(.reported(generation: generation, version: report), Member(.server, rank), now: now) }
      say(.handedOver(generation: generation, version: version), Member(.server, rank), now: now)
    }
    let tally = Tally(lossSum: 1, correct: 1, samples: 2)
    say(
      .evaluated(generation: generation, version: version, node: .init(start: 0, count: 3), tally), Member(.worker, 0),
      now: now)
  }

  var workerOrders: [String: WorkerOrders] {
    effects.reduce(into: [:]) { if case .worker(let peer, _, let orders) = $1 { $0[peer] = orders } }
  }

  var serverOrders: [String: ServerOrders] {
    effects.reduce(into: [:]) { if case .server(let peer, _, let orders) = $1 { $0[peer] = orders } }
  }

  var events: [RunEvent] { effects.compactMap { if case .happened(let event) = $0 { event } else { nil } } }

  var launched: [Member] { effects.compactMap { if case .launch(let member, _) = $0 { member } else { nil } } }

  var ending: (RunOutcome, Int32, String)? {
    guard case .ended(let ending) = effects.last else { return nil }
    return (ending.outcome, ending.exitCode, ending.sentence)
  }

  /// Everybody but `silent` says something, four times a second, until something is to be done; when that was.
  mutating func advance(without silent: Member, from start: Double, to end: Double) -> Double {
    var now = start
    while now < end {
      now += 0.25
      for member in machine.plan.members where member != silent {
        say(.heartbeat(Pulse(generation: machine.generation, orders: 99)), member, now: now)
      }
      send(.tick, now: now)
      if !events.isEmpty || !launched.isEmpty || ending != nil { break }
    }
    return now
  }
}

extension RunPlan {
  /// Every member that the run was planned with.
  var members: [Member] {
    (0..<serverCount).map { Member(.server, $0) } + (0..<workerCount).map { Member(.worker, $0) }
  }
}
