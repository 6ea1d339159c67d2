import Coordination
package import Datasets
import Failures
import Messages
import Parameters
import RunDefinition
import Specification
import Transport
import Worker
package import ZeroMQ

/// A worker's life: join, load the images, compute until the coordinator says stop.
package enum WorkerRole {
  /// Returns when the run is done.
  ///
  /// - Parameter datasets: of the process, where it holds several members.
  /// - Throws: `RunError` for every other end.
  package static func run(
    _ invitation: Invitation, in context: Context, datasets: DatasetCache = DatasetCache()
  ) throws {
    try Membership.live(invitation, in: context) { membership in
      try membership.definition.selectInstructionSet()
      try membership.definition.checkPrecision()
      switch membership.definition.spec.precision {
      case .float, .bfloat16: try WorkerLoop<Float>(membership, invitation, in: context, datasets).run()
      case .double: try WorkerLoop<Double>(membership, invitation, in: context, datasets).run()
      }
    }
  }
}

/// Drives the state machine of one worker over its sockets and compute threads.
private final class WorkerLoop<Scalar: KernelScalar> {
  private typealias Push = Worker<Scalar>.Push

  private let membership: Membership
  private let context: Context
  private let key: RunKey
  private let session: UInt64
  private let shards: ShardMap
  private let threads: ComputeThreads<Scalar>
  private var machine: any WorkerMachine<Scalar>
  private var servers: [Connection] = []
  /// Of connections of earlier generations.
  private var earlierTraffic = Statistics()
  private var watch: ServerWatch
  /// Microbatches and chunks computed.
  private var finishedJobs = 0
  /// Microbatches and chunks that the threads have in hand.
  private var pendingJobs = 0
  private let clock: WorkClock?

  init(
    _ membership: Membership, _ invitation: Invitation, in context: Context, _ datasets: DatasetCache
  ) throws {
    self.membership = membership
    self.context = context
    (key, session) = (invitation.key, invitation.key.session)
    clock = WorkClock(membership.member, thread: "messages", in: membership.trace)
    let definition = membership.definition
    shards = definition.shards
    watch = ServerWatch(joinDeadline: definition.spec.execution.joinDeadline, now: Clock.now)
    let count = invitation.threads ?? definition.spec.execution.threads
    let buffers = SharedBuffers(for: invitation.endpoint)
    if let asynchrony = definition.spec.asynchrony {
      machine = AsynchronousWorker(
        shards: shards, asynchrony: asynchrony, chunks: definition.chunks, threads: count, allocating: buffers.make)
    } else {
      machine = Worker(
        shards: shards, tree: definition.tree, chunks: definition.chunks, lastVersion: definition.steps,
        reportsAfter: definition.reportsAfter, wire: definition.wire, allocating: buffers.make)
    }
    if let emulated = invitation.emulated {
      threads = try ComputeThreads(count: count, definition: definition, emulating: emulated)
    } else {
      var request = DatasetRequest(definition.spec.dataset)
      if let path = invitation.dataPath { request.path = path }
      threads = try ComputeThreads(
        count: count, definition: definition, dataset: Self.dataset(request, of: definition, from: datasets),
        standardization: datasets.standardization(request), of: membership.member, in: membership.trace)
    }
    put(.probe)
  }

  private static func dataset(
    _ request: DatasetRequest, of definition: RunDefinition, from datasets: DatasetCache
  ) throws -> Dataset {
    let dataset = try datasets.dataset(request)
    guard DatasetSummary(dataset) == definition.images else {
      throw RunError(
        ExitCode.badData,
        "dataset.path \(request.path ?? "") holds \(dataset.train.count) training and \(dataset.test.count) test images "
          + "of \(dataset.train.shape); the run has \(definition.images.trainCount) and \(definition.images.testCount) "
          + "of \(definition.images.shape)")
    }
    if let data = definition.data {
      var found = try datasets.identity(request)
      guard found.difference(from: data) == nil else {
        found.files = try datasets.verify(request)
        throw RunError(
          ExitCode.badData,
          "dataset.path \(request.path ?? "") has \(found.difference(from: data) ?? ""); accepted: the images of the run"
        )
      }
    }
    return dataset
  }

  func run() throws -> Never {
    var waiter = Waiter(yields: membership.definition.fitsProcessors)
    while true {
      let sources: [any Waitable] = [membership.connection, threads.finished] + servers
      clock?.enter(.wait)
      _ = try waiter.wait(for: sources, timeout: .milliseconds(100))
      clock?.enter(.wire)
      while let instruction = try membership.next() { try follow(instruction) }
      for (rank, server) in servers.enumerated() {
        while let received = try server.receive() { try take(received, from: rank) }
      }
      for finished in threads.finished.takeAll() { try take(finished) }
      try membership.keepAlive(
        Pulse(
          generation: machine.generation, orders: machine.ordersNumber, progress: finishedJobs, pending: pendingJobs),
        traffic: servers.reduce(earlierTraffic) { $0 + $1.statistics })
      if try membership.breaksConnections() { for server in servers { try server.reconnect() } }
      try watchServers()
    }
  }

  /// Retransmits requests that are overdue, those for microbatches too, and leaves if a server never answers.
  private func watchServers() throws {
    switch watch.check(
      awaited: machine.awaitedServers, awaitsMicrobatches: machine.awaitsMicrobatches, now: Clock.now)
    {
    case .overdue: try perform(machine.handle(.deadline))
    case .silent(let server):
      throw RunError(
        ExitCode.unavailable,
        "server \(server) at \(servers[server].endpoint) has not answered for \(Int(watch.deadline)) s")
    case nil: break
    }
  }

  /// What the coordinator says.
  private func follow(_ instruction: Membership.Instruction) throws {
    let envelope = instruction.received.envelope
    if case .microbatchGrant(let grant) = envelope.message {
      return try perform(machine.handle(.granted(generation: envelope.generation, grant)))
    }
    guard case .workerOrders(let orders) = envelope.message else { return }
    if instruction.beginsGeneration { try enter(orders.endpoints) }
    try perform(machine.handle(.orders(generation: envelope.generation, orders)))
  }

  /// Servers may be others in another generation, and what the threads have not begun is void.
  private func enter(_ endpoints: [String]) throws {
    guard endpoints.count == shards.shards.count else {
      throw RunError(ExitCode.software, "\(endpoints.count) servers were named for \(shards.shards.count) shards")
    }
    pendingJobs -= threads.cancel()
    let largest = shards.shards.map(\.count).max() ?? 0
    let limits = SocketLimits(payload: max(largest, 1) * MemoryLayout<Scalar>.stride)
    earlierTraffic = servers.reduce(earlierTraffic) { $0 + $1.statistics }
    servers = try endpoints.map {
      try Connection(to: ZeroMQ.Endpoint($0), in: context, key: key, limits: limits, badge: membership.badge)
    }
    watch.enter(serverCount: servers.count, now: Clock.now)
  }

  private func take(_ received: Received, from server: Int) throws {
    watch.heard(server, now: Clock.now)
    let generation = received.envelope.generation
    switch received.envelope.message {
    case .weights(let weights):
      clock?.reach(weights.version)
      guard let payload = received.payload, let segment = shards.segment(at: weights.tensor.offset, of: server)
      else { return }
      let isPacked = weights.tensor.packing != nil
      let buffer = try payload.content(of: Scalar.self, packedAs: isPacked ? packing : nil)
      try perform(
        machine.handle(
          .weights(
            segment: segment, generation: generation, version: weights.version, buffer, isPacked: isPacked)))
    case .answer(let answer):
      if case .decided = answer.content { watch.answered(now: Clock.now) }
      try perform(machine.handle(.answer(server: server, generation: generation, answer.content)))
    default: break
    }
  }

  private func take(_ finished: ComputeThreads<Scalar>.Finished) throws {
    switch finished {
    case .gradient(let task, let segments, let isLast):
      if isLast { noteFinishedJob() }
      for part in segments {
        clock?.enter(.sum)
        let effects = machine.handle(
          .computed(
            generation: task.generation, step: task.step, microbatch: task.microbatch, segment: part.segment,
            part.contribution))
        clock?.enter(.wire)
        try perform(effects)
      }
    case .evaluation(let task, let tally):
      noteFinishedJob()
      try perform(
        machine.handle(
          .evaluated(generation: task.generation, version: task.version, chunk: task.chunk, tally)))
    case .probe(let probe):
      noteFinishedJob()
      let fingerprint = Fingerprint(
        numbers: membership.definition.numbersFingerprint(), probe: probe, images: threads.imagesDigest,
        library: membership.definition.computingLibrary)
      try membership.tell(
        Ready(fingerprint: fingerprint.text, endpoint: "", isa: InstructionSet.current.rawValue))
    case .failed(let error): throw error
    }
  }

  private func noteFinishedJob() {
    finishedJobs += 1
    pendingJobs -= 1
  }

  private func perform(_ effects: [Worker<Scalar>.Effect]) throws {
    for effect in effects {
      switch effect {
      case .pull(let segment, let generation, let version, let base):
        let (server, offset) = (shards.segments[segment].server, shards.segments[segment].range.lowerBound)
        _ = try servers[server].send(
          Envelope(
            session: session, generation: generation,
            message: .pull(Pull(version: version, offset: offset, base: base))))
      case .push(let segment, let push): try send(push, shards.segments[segment])
      case .request(let generation, let request):
        try membership.tell(.microbatchRequest(request), generation: generation)
      case .compute(let task): put(.gradient(task))
      case .evaluate(let task): put(.evaluation(task))
      case .evaluated(let generation, let version, let node, let tally):
        let message = Evaluated(version: version, node: node, tally: tally)
        try membership.tell(.evaluated(message), generation: generation)
      case .fail(let sentence): throw RunError(ExitCode.software, sentence)
      }
    }
  }

  /// The lossy format of the wire, if it has one.
  private var packing: WireFormat? {
    let format = membership.definition.wire.format
    return format.isLossy ? format : nil
  }

  private func put(_ job: ComputeThreads<Scalar>.Job) {
    pendingJobs += 1
    threads.put(job)
  }

  private func send(_ push: Push, _ segment: ShardMap.Segment) throws {
    let message = Messages.Push(
      step: push.step, node: push.node, tally: push.sum.tally, squares: push.sum.squares, errors: push.sum.errors,
      tensor: TensorHeader(
        of: push.sum.gradient, offset: segment.range.lowerBound, count: segment.range.count, packedAs: packing))
    _ = try servers[segment.server].send(
      Envelope(session: session, generation: push.generation, message: .push(message)), payload: push.sum.gradient)
  }
}
