import Coordination
import Messages
import ParameterServer
import Parameters
import Transport
package import ZeroMQ

/// A server's life: join, listen, serve until the coordinator says stop.
package enum ServerRole {
  /// Returns when the run is done.
  ///
  /// - Throws: `RunError` for every other end.
  package static func run(_ invitation: Invitation, in context: Context) throws {
    let membership = try Membership(invitation, in: context)
    try membership.live {
      try membership.definition.selectInstructionSet()
      switch membership.definition.spec.precision {
      case .float: try ServerLoop<Float>(membership, invitation, in: context).run()
      case .double: try ServerLoop<Double>(membership, invitation, in: context).run()
      }
    }
  }
}

/// Drives the state machine of one server over its sockets.
private final class ServerLoop<Scalar: KernelScalar> {
  private typealias Machine = ParameterServer<Scalar, Peer>

  private let membership: Membership
  private let listener: Listener
  private let range: Range<Int>
  private let session: UInt64
  private var machine: Machine

  init(_ membership: Membership, _ invitation: Invitation, in context: Context) throws {
    self.membership = membership
    session = invitation.session
    let definition = membership.definition
    let rank = membership.member.rank
    range = definition.shards.shards[rank]
    machine = Machine(shard: try definition.shard(of: rank, as: Scalar.self), tree: definition.tree)
    listener = try Listener(
      on: try invitation.listen ?? Address.listening(for: membership.member, toward: invitation.endpoint),
      in: context, session: session,
      limits: SocketLimits(payload: max(range.count, 1) * MemoryLayout<Scalar>.stride))
    let fingerprint = try definition.numbersFingerprint()
    try membership.tell(
      .ready(
        Ready(
          fingerprint: Fingerprint(numbers: fingerprint).text,
          endpoint: try Address.published(listener.endpoint, toward: invitation.endpoint).description,
          isa: InstructionSet.current.rawValue)))
  }

  func run() throws {
    while true {
      _ = try Waiter.wait(for: [listener, membership.connection], timeout: .milliseconds(250))
      while let envelope = try membership.next() { try take(envelope) }
      while let received = try listener.receive() { try take(received) }
      try membership.keepAlive(progress: machine.shard.version)
    }
  }

  private func take(_ envelope: Envelope) throws {
    switch envelope.message {
    case .begin(let begin):
      try perform(machine.handle(.begin(generation: envelope.generation, horizon: begin.horizon)))
    case .horizon(let horizon):
      try perform(machine.handle(.horizon(generation: envelope.generation, version: horizon.version)))
    case .collect(let collect): try handOver(collect.version)
    default: break
    }
  }

  private func take(_ received: Received) throws {
    let generation = received.envelope.generation
    switch received.envelope.message {
    case .pull(let pull):
      try perform(machine.handle(.pull(received.peer, generation: generation, version: pull.version)))
    case .push(let push):
      guard let payload = received.payload, push.tensor.offset == range.lowerBound,
        let gradient = try? payload.buffer(of: Scalar.self)
      else {
        let refusal = Machine.Answer.refused("the gradient is not of this shard's place and type")
        return try send(.answer(message(for: refusal)), to: received.peer)
      }
      let sum = Machine.Push(
        step: push.step, node: push.node,
        tally: Tally(lossSum: push.lossSum, correct: push.correct, samples: push.samples), gradient: gradient,
        squares: push.squares)
      try perform(machine.handle(.push(received.peer, generation: generation, sum)))
    default: break
    }
  }

  private func perform(_ effects: [Machine.Effect]) throws {
    for effect in effects {
      switch effect {
      case .weights(let peer, let version, let buffer):
        let message = Message.weights(Weights(version: version, tensor: header))
        _ = try listener.send(
          Envelope(session: session, generation: machine.generation, message: message), payload: buffer, to: peer)
      case .answer(let peer, let answer): try send(.answer(message(for: answer)), to: peer)
      case .report(let report): try tell(report)
      }
    }
  }

  private func tell(_ report: WindowReport) throws {
    let partials = TensorHeader(elementType: .float64, offset: 0, count: report.windows.count)
    let message = StepReport(
      step: report.version, lossSum: report.tally.lossSum, correct: report.tally.correct,
      samples: report.tally.samples, steps: report.steps, nonFinite: report.nonFinite, partials: partials)
    try membership.tell(
      .stepReport(message), generation: machine.generation, payload: Buffer<Double>(report.windows))
  }

  private func handOver(_ version: Int) throws {
    guard let weights = machine.shard.weights(at: version) else {
      throw RunError(
        ExitCode.software, "version \(version) was asked for, and \(membership.member) is at \(machine.shard.version)")
    }
    try membership.tell(
      .shard(Messages.Shard(version: version, tensor: header)), generation: machine.generation, payload: weights)
  }

  private func send(_ message: Message, to peer: Peer) throws {
    _ = try listener.send(Envelope(session: session, generation: machine.generation, message: message), to: peer)
  }

  private var header: TensorHeader {
    TensorHeader(elementType: Scalar.elementType, offset: range.lowerBound, count: range.count)
  }

  private func message(for answer: Machine.Answer) -> Answer {
    let (kind, sentence): (Answer.Kind, String) =
      switch answer {
      case .duplicate: (.duplicate, "")
      case .waiting: (.waiting, "")
      case .gone: (.gone, "")
      case .wrongGeneration: (.wrongGeneration, "")
      case .refused(let sentence): (.refused, sentence)
      }
    return Answer(kind: kind, version: machine.shard.version, generation: machine.generation, sentence: sentence)
  }
}
