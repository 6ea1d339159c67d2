import Coordination
import Messages
import ParameterServer
package import Parameters
import RunDefinition
import Specification
import Transport
package import ZeroMQ

/// A server's life: join, listen, serve until the coordinator says stop.
package enum ServerRole {
  /// Returns when the run is done.
  ///
  /// - Parameter cache: of the process, where it begins several runs.
  /// - Throws: `RunError` for every other end.
  package static func run(
    _ invitation: Invitation, in context: Context, initialWeights cache: InitialWeightsCache? = nil
  ) throws {
    try Membership.live(invitation, in: context) { membership in
      try membership.definition.selectInstructionSet()
      switch membership.definition.spec.precision {
      case .float, .bfloat16: try ServerLoop<Float>(membership, invitation, in: context, cache).run()
      case .double: try ServerLoop<Double>(membership, invitation, in: context, cache).run()
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
  /// Of the shard, relative to its beginning.
  private let segments: [Range<Int>]
  private let session: UInt64
  private var machine: Machine
  /// The state that the generation begins with, until all of it is here.
  private var incoming: IncomingState<Scalar>?
  private let clock: WorkClock?

  init(
    _ membership: Membership, _ invitation: Invitation, in context: Context, _ cache: InitialWeightsCache?
  ) throws {
    self.membership = membership
    session = invitation.key.session
    clock = WorkClock(membership.member, thread: "serves", in: membership.trace)
    let definition = membership.definition
    let rank = membership.member.rank
    range = definition.shards.shards[rank]
    let shard = try definition.shard(
      of: rank, as: Scalar.self, cache: cache, threads: definition.serverThreads,
      allocating: SharedBuffers(for: invitation.endpoint).make)
    segments = shard.segments
    machine =
      definition.spec.asynchrony.map { Machine(shard: shard, asynchrony: $0) }
      ?? Machine(shard: shard, tree: definition.tree)
    if let clock { machine.onWork = clock.enter }
    listener = try Listener(
      on: try invitation.listen ?? Address.listening(for: membership.member, toward: invitation.endpoint),
      in: context, key: invitation.key,
      limits: SocketLimits(payload: max(range.count, 1) * MemoryLayout<Scalar>.stride))
    let fingerprint = definition.numbersFingerprint()
    try membership.tell(
      Ready(
        fingerprint: Fingerprint(numbers: fingerprint).text,
        endpoint: try Address.published(listener.endpoint, toward: invitation.endpoint).description,
        isa: InstructionSet.current.rawValue))
  }

  func run() throws -> Never {
    var waiter = Waiter(yields: membership.definition.fitsProcessors)
    while true {
      clock?.enter(.wait)
      _ = try waiter.wait(for: [listener, membership.connection], timeout: .milliseconds(100))
      clock?.enter(.wire)
      while let instruction = try membership.next() { try follow(instruction.received) }
      while let received = try listener.receive() { try take(received) }
      _ = try membership.breaksConnections()
      try membership.keepAlive(
        Pulse(
          generation: machine.generation, orders: machine.followedOrders, progress: machine.shard.version,
          refused: machine.refused[.pushOfStranger, default: 0]),
        traffic: listener.statistics)
    }
  }

  /// What the coordinator says.
  private func follow(_ received: Received) throws {
    let generation = received.envelope.generation
    switch received.envelope.message {
    case .serverOrders(let orders): try perform(machine.handle(.orders(generation: generation, orders)))
    case .state(let state):
      guard let payload = received.payload, machine.awaits(state.version, of: generation) else { return }
      if let state = incoming?.insert(state, payload, generation: generation) {
        incoming = nil
        try perform(machine.handle(.state(generation: generation, state)))
      }
      for fetch in incoming?.wanted() ?? [] { try membership.tell(.fetch(fetch), generation: generation) }
    case .fetch(let fetch): try answer(fetch, generation: generation)
    default: break
    }
  }

  /// Sends the coordinator a piece of the state that it collects.
  private func answer(_ fetch: Fetch, generation: UInt64) throws {
    guard generation == machine.generation, machine.handsOver(fetch.version), fetch.range.count <= StatePiece.most,
      fetch.range.clamped(to: range) == fetch.range
    else { return }
    let held = fetch.range.lowerBound - range.lowerBound..<fetch.range.upperBound - range.lowerBound
    guard let piece = machine.shard.piece(of: fetch.part, in: held) else { return }
    try tell(fetch.part, header(of: held), piece)
  }

  /// Asks the coordinator for the state, or for what has not come of it.
  private func fetch(_ version: Int, of generation: UInt64) throws {
    var fetches = incoming?.missing ?? []
    if incoming?.generation != generation || incoming?.version != version {
      var state = IncomingState(generation: generation, version: version, for: machine.shard, at: range)
      fetches = state.wanted()
      incoming = state
    }
    for fetch in fetches { try membership.tell(.fetch(fetch), generation: generation) }
  }

  private func take(_ received: Received) throws {
    let generation = received.envelope.generation
    switch received.envelope.message {
    case .pull(let pull):
      guard let segment = segment(at: pull.offset) else {
        return try send(.refused("no segment of the shard begins at \(pull.offset)"), to: received.peer)
      }
      try perform(
        machine.handle(
          .pull(
            received.peer, badge: received.peer.badge, generation: generation, segment: segment, version: pull.version,
            base: pull.base)))
    case .push(let push):
      guard let payload = received.payload, let segment = segment(at: push.tensor.offset),
        let gradient = try? payload.content(of: Scalar.self, packedAs: packing)
      else {
        let refusal = ServerAnswer.refused("the gradient is not of the place and type of a segment of this shard")
        return try send(refusal, to: received.peer)
      }
      let sum = Machine.Push(
        step: push.step, segment: segment, node: push.node, tally: push.tally, gradient: gradient,
        squares: push.squares, errors: push.errors)
      clock?.enter(.sum)
      let effects = machine.handle(.push(received.peer, badge: received.peer.badge, generation: generation, sum))
      clock?.enter(.wire)
      clock?.reach(machine.shard.version)
      try perform(effects)
    default: break
    }
  }

  private func perform(_ effects: [Machine.Effect]) throws {
    var rest = effects[...]
    while let effect = rest.popFirst() {
      switch effect {
      case .weights(let peer, let segment, let version, let buffer, let isPacked):
        var peers = [peer]
        while case .weights(let other, segment, version, let same, isPacked)? = rest.first,
          unsafe same.start == buffer.start, !peers.contains(other)
        {
          peers.append(other)
          rest.removeFirst()
        }
        let header = TensorHeader(
          of: buffer, offset: range.lowerBound + segments[segment].lowerBound, count: segments[segment].count,
          packedAs: isPacked ? packing : nil)
        let message = Message.weights(Weights(version: version, tensor: header))
        try listener.send(
          Envelope(session: session, generation: machine.generation, message: message), payload: buffer, to: peers,
          on: machine.shard.threads)
      case .answer(let peer, let answer): try send(answer, to: peer)
      case .fetch(let generation, let version): try fetch(version, of: generation)
      case .report(let report): try tell(report)
      case .handOver:
        let windows = Buffer(machine.shard.windowNumbers)
        try tell(.windows, TensorHeader(elementType: .float64, offset: 0, count: windows.count), windows)
      }
    }
  }

  private func tell(_ report: WindowReport) throws {
    let partials = TensorHeader(elementType: .float64, offset: 0, count: report.windows.count)
    let message = StepReport(
      step: report.version, tally: report.tally, steps: report.steps, nonFinite: report.nonFinite,
      senders: report.senders,
      partials: partials)
    try membership.tell(
      .stepReport(message), generation: machine.generation, payload: Buffer<Double>(report.windows))
  }

  private func tell<Element: KernelScalar>(
    _ part: StatePart, _ tensor: TensorHeader, _ elements: Buffer<Element>
  ) throws {
    let (tally, steps) = machine.shard.openWindow
    let message = State(version: machine.shard.version, part: part, tensor: tensor, tally: tally, steps: steps)
    try membership.tell(.state(message), generation: machine.generation, payload: elements)
  }

  private func send(_ answer: ServerAnswer, to peer: Peer) throws {
    let message = Answer(answer, version: machine.shard.version, generation: machine.generation)
    _ = try listener.send(
      Envelope(session: session, generation: machine.generation, message: .answer(message)), to: peer)
  }

  /// - Parameter part: of the shard.
  private func header(of part: Range<Int>) -> TensorHeader {
    TensorHeader(elementType: Scalar.elementType, offset: range.lowerBound + part.lowerBound, count: part.count)
  }

  /// The lossy format of the wire, if it has one.
  private var packing: WireFormat? { machine.shard.wire.format.isLossy ? machine.shard.wire.format : nil }

  /// The segment that begins at an offset in the flat vector.
  private func segment(at offset: Int) -> Int? {
    let shards = membership.definition.shards
    return shards.segment(at: offset, of: membership.member.rank).map { shards.place(ofSegment: $0).number }
  }
}
