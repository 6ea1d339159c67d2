import Coordination
import Logging
import Messages
import ParameterServer
import Parameters
import Transport

extension CoordinatorRole {
  func take(_ received: Received, now: Double) throws {
    let peer = received.peer
    switch received.envelope.message {
    case .hello(let hello):
      let event = Machine.Hello(
        role: hello.role == .server ? .server : .worker, rank: hello.rank, specHash: hello.specHash,
        incarnation: hello.incarnation, badge: hello.badge, host: hello.host)
      try handle(.hello(peer, event), now: now)
      if let member = machine.roster.member(at: peer) { hosts[member] = (hello.host, hello.processID) }
    case .spans(let spans): trace?.take(spans, from: peer)
    case .statusRequest(let request): try answer(request, of: peer, now: now)
    default:
      guard let member = machine.roster.member(at: peer) else { return try handle(.stranger(peer), now: now) }
      if let news = try news(of: received, from: member) { try handle(.from(peer, news), now: now) }
    }
  }

  /// What a message means to the state machine; tensors are put together here, and a report is held until the machine
  /// has it recorded.
  private func news(of received: Received, from member: Member) throws -> Machine.News? {
    let generation = received.envelope.generation
    switch received.envelope.message {
    case .heartbeat(let heartbeat):
      traffic[member] = (heartbeat.receivedBytes, heartbeat.sentBytes)
      trace?.heard(heartbeat, from: received.peer)
      if heartbeat.refused > machine.roster[member]?.pulse.refused ?? 0, refusals.take() {
        log.warning("\(member) has refused \(heartbeat.refused) pushes of peers that are not in its orders")
      }
      return .heartbeat(
        Pulse(
          generation: generation, orders: heartbeat.orders, progress: heartbeat.progress, pending: heartbeat.pending,
          refused: heartbeat.refused))
    case .ready(let ready): return .ready(endpoint: ready.endpoint, Fingerprint(text: ready.fingerprint))
    case .fetch(let fetch):
      self.fetch = fetch
      return .fetch(generation: generation, version: fetch.version)
    case .state(let state):
      guard member.role == .server, generation == machine.generation, let payload = received.payload else { return nil }
      return try collect(state, payload, from: member)
    case .stepReport(let report): return try news(of: report, received, from: member)
    case .evaluated(let evaluated):
      return .evaluated(
        generation: generation, version: evaluated.version, node: evaluated.node, evaluated.tally)
    case .microbatchRequest(let request): return .microbatches(generation: generation, request)
    case .failed(let failed): return .failed(exitCode: Int32(failed.exitCode), sentence: failed.sentence)
    default: return nil
    }
  }

  private func news(of report: StepReport, _ received: Received, from member: Member) throws -> Machine.News? {
    let generation = received.envelope.generation
    guard member.role == .server, generation == machine.generation else { return nil }
    let windows = try received.payload?.buffer(of: Double.self).values ?? []
    self.report = WindowReport(
      version: report.step, tally: report.tally, steps: report.steps, windows: windows, nonFinite: report.nonFinite,
      senders: report.senders)
    return .report(
      generation: generation, version: report.step, nonFinite: report.nonFinite, senders: report.senders)
  }

  private func answer(_ request: StatusRequest, of peer: Peer, now: Double) throws {
    var (sentence, isRefused) = ("", false)
    if let rank = request.drain {
      if let obstacle = machine.obstacle(toDraining: rank) {
        (sentence, isRefused) = (obstacle, true)
      } else {
        try handle(.drain(rank: rank), now: now)
        sentence = "worker \(rank) drained"
      }
    }
    let members = machine.roster.present.map { member in
      StatusReply.MemberStatus(
        role: member.role == .server ? .server : .worker, rank: member.rank, host: hosts[member]?.host ?? "",
        processID: hosts[member]?.processID ?? 0, progress: machine.roster[member]?.pulse.progress ?? 0,
        microbatches: machine.microbatches(of: member))
    }
    try send(
      .statusReply(
        StatusReply(members: members, version: machine.lowestVersion, sentence: sentence, isRefused: isRefused)),
      to: peer)
  }
}
