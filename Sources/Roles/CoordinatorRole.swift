import NeuralNetwork
package import Coordination
import Foundation
package import Launching
package import Logging
import Messages
import Optimization
import Parameters
package import Records
package import Transport
package import ZeroMQ

/// Leads one run: launches the members, drives the state machine, keeps the records.
package final class CoordinatorRole {
  typealias Machine = Coordinator<Peer>

  /// What reaches the coordinator from other threads.
  package enum Notice: Sendable {
    case exited(Member, how: String)
    case signal(Int32)
  }

  package let notices: Mailbox<Notice>
  /// Where members join.
  package var endpoint: ZeroMQ.Endpoint { listener.endpoint }

  private let definition: RunDefinition
  private let session: UInt64
  private let listener: Listener
  private let book: RunBook
  private let observer: any RunObserver
  private let log: Logger
  private let welcomeText: String
  private var machine: Machine
  private var outcome: (Machine.Outcome, exitCode: Int32, sentence: String)?
  private var departed: [(Member, how: String, due: Double)] = []
  private var lastHeartbeat = 0.0
  private var lastLooked = Clock.now

  /// - Parameters:
  ///   - endpoint: where to listen; members join at `self.endpoint`.
  ///   - notices: also where the owner of signals posts them.
  package init(
    _ definition: RunDefinition, on endpoint: ZeroMQ.Endpoint, in context: Context, session: UInt64, book: RunBook,
    notices: Mailbox<Notice>, observer: any RunObserver, log: Logger
  ) throws {
    self.definition = definition
    self.session = session
    self.book = book
    self.notices = notices
    self.observer = observer
    self.log = log
    listener = try Listener(
      on: endpoint, in: context, session: session,
      limits: SocketLimits(
        payload: max(
          definition.architecture.layout.count * definition.spec.precision.elementType.byteCount,
          definition.reportByteLimit)))
    var complaints = 0
    listener.answer = { dropped in
      complaints += 1
      // Strangers must not fill the disk; the rest is counted.
      if complaints <= 20 { log.warning("dropped a message of \(dropped.peer): \(dropped.reason)") }
      guard case .wrongVersion = dropped.reason else { return nil }
      let refusal = Refused(exitCode: Int(ExitCode.unavailable), sentence: dropped.reason.description)
      return Envelope(session: session, generation: 0, message: .refused(refusal))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    welcomeText = String(decoding: try encoder.encode(definition), as: UTF8.self)
    machine = Machine(plan: definition.plan, now: Clock.now)
    observer.opened()
  }

  /// Launches the members and leads the run to its end; nobody is left when it returns.
  ///
  /// - Throws: `RunError` for every end but a good one.
  package func run(_ launcher: any Launcher) throws -> RunResult {
    defer {
      launcher.dismiss(within: 3)
      observer.ended()
    }
    for member in machine.roster.all {
      try launcher.launch(member) { [notices] in notices.post(.exited(member, how: $0)) }
    }
    do {
      while outcome == nil { try turn() }
    } catch {
      let error = RunError(error)
      try perform(
        machine.handle(.abandoned(.failed, exitCode: error.exitCode, sentence: error.description), now: Clock.now))
      throw error
    }
    // The queues outlive the sockets for half a second: stop reaches everybody.
    guard let outcome, outcome.0 == .done else {
      let ended = outcome.map { RunError($0.exitCode, $0.sentence) }
      throw ended ?? RunError(ExitCode.software, "the run ended without an outcome")
    }
    return try book.close()
  }

  /// How the run ended, for its record.
  package var status: RunRecord.Status {
    switch outcome?.0 {
    case .done: .done
    case .diverged: .diverged
    case .interrupted: .interrupted
    case .failed, nil: .failed
    }
  }

  private func turn() throws {
    _ = try Waiter.wait(for: [listener, notices], timeout: .milliseconds(100))
    let now = Clock.now
    // After a pause of our own, what has queued up meanwhile counts before any silence does.
    let hasPaused = now - lastLooked > 1
    lastLooked = now
    while outcome == nil, let received = try listener.receive() { try take(received, now: now) }
    for notice in notices.takeAll() {
      switch notice {
      // What a child said before it left may still be on its way.
      case .exited(let member, let how): departed.append((member, how, now + 0.3))
      case .signal(let number):
        let event = Machine.Event.abandoned(
          .interrupted, exitCode: 128 + number, sentence: "interrupted by signal \(number)")
        try perform(machine.handle(event, now: now))
      }
    }
    while let (member, how, due) = departed.first, due <= now, outcome == nil {
      departed.removeFirst()
      try perform(machine.handle(.exited(member, how: how), now: now))
    }
    if !hasPaused, outcome == nil { try perform(machine.handle(.tick, now: now)) }
    if now - lastHeartbeat > Membership.heartbeat, outcome == nil {
      lastHeartbeat = now
      for peer in machine.roster.peers { try send(.heartbeat(Heartbeat(progress: 0)), to: peer) }
    }
  }

  private func take(_ received: Received, now: Double) throws {
    let peer = received.peer
    if case .hello(let hello) = received.envelope.message {
      let event = Machine.Hello(
        role: hello.role == .server ? .server : .worker, rank: hello.rank, specHash: hello.specHash)
      return try perform(machine.handle(.hello(peer, event), now: now))
    }
    guard let member = machine.roster.member(at: peer) else {
      log.warning("ignored a message of \(peer), which has not joined")
      return
    }
    for news in try news(of: received, from: member) { try perform(machine.handle(.from(peer, news), now: now)) }
  }

  /// What a message means to the state machine; tensors and metrics go to the book.
  private func news(of received: Received, from member: Member) throws -> [Machine.News] {
    switch received.envelope.message {
    case .heartbeat(let heartbeat): return [.heartbeat(progress: heartbeat.progress)]
    case .ready(let ready):
      return [.ready(endpoint: ready.endpoint, Fingerprint(text: ready.fingerprint))]
    case .shard(let shard):
      guard member.role == .server, let payload = received.payload else { return [] }
      try book.take(payload, of: member.rank, version: shard.version)
      return [.handedOver(version: shard.version)]
    case .stepReport(let report):
      guard member.role == .server else { return [] }
      if let what = report.nonFinite { return [.diverged(step: report.step, what: what)] }
      if let window = try book.take(report, received.payload, from: member.rank) {
        observer.logged(version: window.version, loss: window.loss)
      }
      return [.reported(version: report.step)]
    case .evaluated(let evaluated):
      let tally = Tally(lossSum: evaluated.lossSum, correct: evaluated.correct, samples: evaluated.samples)
      return [.evaluated(version: evaluated.version, node: evaluated.node, tally)]
    case .failed(let failed): return [.failed(exitCode: Int32(failed.exitCode), sentence: failed.sentence)]
    default: return []
    }
  }

  private func perform(_ effects: [Machine.Effect]) throws {
    for effect in effects {
      switch effect {
      case .welcome(let peer, let member):
        log.info("\(member) joined")
        observer.joined(member)
        let welcome = Welcome(
          rank: member.rank, specJSON: welcomeText, specHash: definition.spec.specHash,
          serverCount: definition.spec.execution.servers, workerCount: definition.spec.execution.workers)
        try send(.welcome(welcome), to: peer)
      case .refuse(let peer, let sentence):
        log.warning("refused \(peer): \(sentence)")
        try send(.refused(Refused(exitCode: Int(ExitCode.unavailable), sentence: sentence)), to: peer)
      case .begin(let peer, let begin):
        let message = Begin(
          version: begin.version, endpoints: begin.endpoints, nodes: begin.nodes, horizon: begin.horizon)
        try send(.begin(message), to: peer, generation: begin.generation)
      case .horizon(let peer, let generation, let version):
        try send(.horizon(Horizon(version: version)), to: peer, generation: generation)
      case .evaluate(let peer, let generation, let version, let nodes):
        let message = Evaluate(version: version, nodes: nodes, chunkCount: definition.chunks.leafCount, part: .test)
        try send(.evaluate(message), to: peer, generation: generation)
      case .collect(let peer, let generation, let version):
        try send(.collect(Collect(version: version)), to: peer, generation: generation)
      case .stop(let peer, let exitCode, let sentence):
        try send(.stop(Stop(exitCode: Int(exitCode), sentence: sentence)), to: peer)
      case .started:
        log.info("everybody is ready; training \(definition.steps) steps")
        try book.begin()
        observer.started()
      case .evaluated(let version, let tally):
        try book.evaluated(version: version, tally)
        observer.evaluated(version: version, tally)
      case .ended(let outcome, let exitCode, let sentence):
        log.info("\(outcome.rawValue): \(sentence); \(listener.statistics)")
        self.outcome = (outcome, exitCode, sentence)
      }
    }
  }

  private func send(_ message: Message, to peer: Peer, generation: UInt64 = 0) throws {
    _ = try listener.send(Envelope(session: session, generation: generation, message: message), to: peer)
  }
}

extension RunDefinition {
  /// What the coordinator's state machine has to know.
  var plan: RunPlan {
    RunPlan(
      specHash: spec.specHash, serverCount: spec.execution.servers, workerCount: spec.execution.workers, steps: steps,
      microbatches: spec.microbatchCount, evaluationChunks: chunks.leafCount, evaluations: evaluations,
      reportEvery: spec.execution.metricsEvery, learningRate: spec.rule.constants.learningRate,
      joinDeadline: spec.execution.joinDeadline, silenceDeadline: Membership.silence, progressDeadline: 120)
  }
}
