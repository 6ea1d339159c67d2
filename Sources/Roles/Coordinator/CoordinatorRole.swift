package import Coordination
package import Failures
import Foundation
package import Launching
package import Logging
import Messages
import NeuralNetwork
import Optimization
import ParameterServer
import Parameters
package import RunDefinition
import Specification
package import Transport
package import ZeroMQ

/// Leads one run: launches the members, drives the state machine, keeps the records.
package final class CoordinatorRole {
  typealias Machine = Coordinator<Peer>

  /// What reaches the coordinator from other threads.
  package enum Notice: Sendable {
    case exited(Member, incarnation: UInt64, how: String)
    case signal(Int32)
    /// Of the state that is being collected.
    case written(generation: UInt64, version: Int, bytes: Int)
    case stored(version: Int)
    case storeFailed(version: Int, RunError)
  }

  package let notices: Mailbox<Notice>
  /// Where members join.
  package var endpoint: ZeroMQ.Endpoint { listener.endpoint }

  let definition: RunDefinition
  let recorder: any RunRecorder
  private let plainLog: Logger
  var machine: Machine
  var launcher: any Launcher = ManualLauncher { _ in }
  /// Whom each member said it is.
  var hosts: [Member: (host: String, processID: Int)] = [:]
  private let session: UInt64
  let listener: Listener
  private let welcomeText: String
  /// What servers hand over for the next checkpoint.
  var collection: StateCollection?
  /// What the generation begins with, until a checkpoint shows that all servers have it; `nil` where that is the initial state.
  var restored: StoredState?
  /// The piece of it that the machine is told of.
  var fetch: Fetch?
  private var ending: RunEnding?
  /// To say that a server refuses pushes.
  var refusals = LogAllowance()
  /// The report that the machine is told of.
  var report: WindowReport?
  private var clock = CoordinatorClock(now: Clock.now)
  private let workClock: WorkClock?
  /// What the threads of the run have done; `nil` unless it is asked for.
  package internal(set) var trace: RunTrace?
  /// What members last said that they have received and sent, in bytes.
  var traffic: [Member: (received: Int, sent: Int)] = [:]

  /// - Parameters:
  ///   - endpoint: where to listen; members join at `self.endpoint`.
  ///   - notices: also where the owner of signals posts them.
  ///   - isTraced: whether members send what their threads do, for `trace`.
  package init(
    _ definition: RunDefinition, on endpoint: ZeroMQ.Endpoint, in context: Context, key: RunKey,
    recorder: any RunRecorder,
    notices: Mailbox<Notice>, log: Logger, isTraced: Bool = false
  ) throws {
    self.definition = definition
    trace = isTraced ? RunTrace() : nil
    workClock = WorkClock(ofCoordinator: trace?.own)
    let session = key.session
    self.session = session
    self.recorder = recorder
    self.notices = notices
    plainLog = log
    listener = try Listener(
      on: endpoint, in: context, key: key,
      limits: SocketLimits(
        payload: max(
          StatePiece.most * definition.spec.precision.elementType.byteCount,
          definition.reportByteLimit, definition.stateByteLimit)))
    var (drops, wrongKeys) = (LogAllowance(), LogAllowance())
    listener.answer = { dropped in
      if drops.take() { log.warning("dropped a message of \(dropped.peer): \(dropped.reason)") }
      guard case .wrongVersion = dropped.reason else { return nil }
      let refusal = Refused(exitCode: Int(ExitCode.unavailable), sentence: dropped.reason.description)
      return Envelope(session: session, generation: 0, message: .refused(refusal))
    }
    listener.onWrongKey = {
      if wrongKeys.take() { log.warning("refused a connection with the key of another run") }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    welcomeText = String(decoding: try encoder.encode(definition), as: UTF8.self)
    var plan = definition.plan
    plan.toleratesOtherArithmetic = recorder.toleratesOtherArithmetic
    machine = Machine(
      plan: plan, generation: recorder.generation, committed: try recorder.committed, now: Clock.now)
    recorder.opened()
  }

  /// Launches the members and leads the run to its end; nobody is left when it returns.
  ///
  /// - Throws: `RunError` for every end but a good one.
  package func run(_ launcher: any Launcher) throws {
    self.launcher = launcher
    defer {
      for member in machine.roster.planned where machine.roster[member] == nil { launcher.end(member) }
      gatherSpans(within: 3)
      launcher.dismiss(within: 3)
      recorder.ended()
    }
    do {
      try handle(.tick, now: Clock.now)
      while ending == nil { try turn() }
    } catch {
      let error = RunError(error)
      try perform(
        machine.handle(.abandoned(RunEnding(.failed, error.exitCode, error.description)), now: Clock.now))
      throw error
    }
    // The queues outlive the sockets for half a second: stop reaches everybody.
    guard let ending, ending.outcome == .done else {
      throw ending.map { RunError($0.exitCode, $0.sentence) }
        ?? RunError(ExitCode.software, "the run ended without an outcome")
    }
  }

  /// Its lines say how far the run is.
  package var log: Logger {
    var log = plainLog
    log[metadataKey: "generation"] = .stringConvertible(machine.generation)
    log[metadataKey: "step"] = .stringConvertible(machine.lowestVersion)
    return log
  }

  /// How the run ended; `nil` before, and where it was abandoned.
  package var outcome: RunOutcome? { ending?.outcome }

  private func turn() throws {
    workClock?.enter(.wait)
    _ = try Waiter.wait(for: [listener, notices], timeout: .milliseconds(50))
    workClock?.enter(.wire)
    workClock?.reach(machine.lowestVersion)
    let now = Clock.now
    // Reports may arrive faster than they can be recorded: signals and heartbeats do not wait for the last of them.
    var isBehind = false
    while ending == nil, !isBehind, let received = try listener.receive() {
      try take(received, now: now)
      isBehind = Clock.now - now > Timing.heartbeat / 2
    }
    for notice in notices.takeAll() { try take(notice, now: now) }
    for due in clock.turn(now: now) where ending == nil {
      switch due {
      case .exited(let member, let incarnation, let how):
        try handle(.exited(member, incarnation: incarnation, how: how), now: now)
      // Silence counts only when nothing is waiting to be read.
      case .tick where isBehind: continue
      case .tick:
        try handle(.tick, now: now)
        recorder.stands(standing)
      case .paused: try handle(.paused, now: now)
      case .heartbeats:
        for peer in machine.roster.peers {
          try send(.heartbeat(Heartbeat(clock: Clock.ofMachine)), to: peer)
        }
      }
    }
  }

  private func take(_ notice: Notice, now: Double) throws {
    switch notice {
    case .exited(let member, let incarnation, let how):
      clock.exited(member, incarnation: incarnation, how: how, now: now)
    case .signal(let number): try handle(.interrupted(signal: number), now: now)
    case .written(machine.generation, let version, let bytes): try wrote(bytes, of: version)
    // Of a state that was dropped.
    case .written: break
    case .stored(let version): try handle(.stored(version: version), now: now)
    case .storeFailed(let version, let error):
      try handle(.storeFailed(version: version, sentence: error.description), now: now)
    }
  }

  func handle(_ event: Machine.Event, now: Double) throws { try perform(machine.handle(event, now: now)) }

  private func perform(_ effects: [Machine.Effect]) throws {
    for effect in effects {
      switch effect {
      case .launch(let member, let incarnation):
        try launcher.launch(member, incarnation: incarnation) { [notices] how in
          notices.post(.exited(member, incarnation: incarnation, how: how))
        }
      case .welcome(let peer, let member):
        log.info("\(member) joined")
        recorder.joined(member)
        trace?.welcomed(peer, as: member)
        let welcome = Welcome(
          rank: member.rank, specJSON: welcomeText, specHash: definition.specHash,
          serverCount: definition.spec.execution.servers, workerCount: definition.spec.execution.workers,
          isTraced: trace != nil)
        try send(.welcome(welcome), to: peer)
      case .refuse(let peer, let exitCode, let sentence):
        log.warning("refused \(peer): \(sentence)")
        try send(.refused(Refused(exitCode: Int(exitCode), sentence: sentence)), to: peer)
      case .rejoin(let peer): try send(.rejoin, to: peer)
      case .server(let peer, let generation, let orders):
        try send(.serverOrders(orders), to: peer, generation: generation)
      case .worker(let peer, let generation, let orders):
        try send(.workerOrders(orders), to: peer, generation: generation)
      case .grant(let peer, let generation, let grant):
        try send(.microbatchGrant(grant), to: peer, generation: generation)
      case .restore(let peer, let member, let generation, let version):
        try restore(peer, member, generation: generation, version: version)
      case .stop(let peer, let exitCode, let sentence):
        trace?.stops(peer)
        try send(.stop(Stop(exitCode: Int(exitCode), sentence: sentence)), to: peer)
      case .started:
        log.info("everybody is ready; training \(definition.steps) steps")
        try recorder.started()
      case .rewind(let generation, let version):
        collection = nil
        try noteArithmetic()
        do { restored = try recorder.rewind(to: version, generation: generation) } catch let error
          as UnreadableCheckpoint
        {
          // The effects that follow are about a version that is no more.
          return try handle(.unreadable(version: version, sentence: error.sentence), now: Clock.now)
        }
      case .record(let server, let version):
        guard let report, report.version == version else {
          throw RunError(ExitCode.software, "there is no report of version \(version) to record")
        }
        try recorder.record(report, from: server)
      case .evaluated(let version, let tally):
        try recorder.evaluated(version: version, tally)
      case .commit(let generation, let version):
        guard let state = collection?.collected, state.version == version else {
          throw RunError(ExitCode.software, "the state of step \(version) is not complete")
        }
        (collection, restored) = (nil, nil)
        recorder.commit(state, generation: generation) { [notices] error in
          notices.post(error.map { .storeFailed(version: version, $0) } ?? .stored(version: version))
        }
      case .happened(let event):
        log.notice("step \(event.step): \(event.what)")
        recorder.happened(event)
        if event.kind == .joined, recorder.toleratesOtherArithmetic { try noteArithmetic() }
      case .ended(let ending):
        log.info("\(ending.outcome.rawValue): \(ending.sentence); \(listener.statistics)")
        self.ending = ending
      }
    }
  }

  private func noteArithmetic() throws {
    if let fingerprint = machine.roster.workersFingerprint { try recorder.agreed(on: fingerprint) }
  }

  func send(_ message: Message, to peer: Peer, generation: UInt64 = 0) throws {
    _ = try listener.send(Envelope(session: session, generation: generation, message: message), to: peer)
  }
  func send<Scalar: KernelScalar>(
    _ message: Message, to peer: Peer, generation: UInt64, payload: Buffer<Scalar>
  ) throws {
    _ = try listener.send(
      Envelope(session: session, generation: generation, message: message), payload: payload, to: peer)
  }
}
