import Coordination
import Messages
import Optimization
import ParameterServer
import Parameters
import Worker

/// Drives the values of the processes of servers and workers.
extension Cluster {
  // MARK: Servers

  func handle(_ item: ClusterProcess.Item, _ member: MemberState, server rank: Int, _ process: ClusterProcess) {
    switch item {
    case .parcel(let parcel) where parcel.from == 0:
      session(parcel, member, process, role: .server, rank: rank)
      if case .serverOrders(let orders) = parcel.message {
        send(.orders(generation: parcel.generation, orders), member, server: rank, process)
      }
    case .parcel(let parcel):
      let badge = badge(of: parcel.from)
      switch parcel.message {
      case .pull(let pull):
        send(
          .pull(
            parcel.from, badge: badge, generation: parcel.generation, segment: place(pull.offset, rank),
            version: pull.version, base: pull.base), member, server: rank, process)
      case .push(let push):
        guard case .tensor(let gradient) = parcel.content else { return }
        let sum = ParameterServer<Float, Int>.Push(
          step: push.step, segment: place(push.tensor.offset, rank), node: push.node, tally: push.tally,
          gradient: gradient)
        send(
          .push(parcel.from, badge: badge, generation: parcel.generation, sum), member, server: rank, process)
      default: break
      }
    case .ready: session(.ready, member, process, role: .server, rank: rank)
    case .tick, .computed, .stored: break
    }
    session(.tick(member.pulse), member, process, role: .server, rank: rank)
  }

  private func badge(of process: Int) -> UInt64? {
    if case .worker(let member, _) = processes[process].machine { member.badge } else { nil }
  }

  private func send(
    _ event: ParameterServer<Float, Int>.Event, _ member: MemberState, server rank: Int, _ process: ClusterProcess
  ) {
    let places = plan.shards.segments(of: rank)
    guard let before = member.server.map({ Self.updates($0.shard) }), let effects = member.server?.handle(event),
      let server = member.server
    else { return }
    let after = Self.updates(server.shard)
    if case .push(_, _, _, let push) = event {
      let count = elements(ofSegment: places.lowerBound + push.segment)
      process.cost += additions(of: push, member) * count * ClusterCosts.sumBytes / plan.costs.sumBytesPerSecond
      if plan.workers > 1 { process.cost += count * ClusterCosts.checkBytes / plan.costs.sumBytesPerSecond }
    }
    for (number, segment) in places.enumerated() where after[number] > before[number] {
      process.cost += elements(ofSegment: segment) * ClusterCosts.updateBytes / plan.costs.updateBytesPerSecond
    }
    if let version = after.min(), version > before.min() ?? version { reached(version) }
    let generation = server.generation
    for effect in effects {
      switch effect {
      case .weights(let peer, let number, let version, let buffer, _):
        // The first version is sent whole where others are differences.
        let header = header(
          ofSegment: places.lowerBound + number, isPacked: version > 0 || !plan.wire.sendsDifferences)
        post(
          .weights(Weights(version: version, tensor: header)), generation: generation, from: process, to: peer,
          content: .tensor(buffer))
      case .answer(let peer, let answer):
        post(
          .answer(Messages.Answer(answer, version: server.shard.version, generation: generation)),
          generation: generation, from: process, to: peer)
      case .fetch: violate("server \(rank) needs a state")
      case .report(let report):
        let partials = TensorHeader(elementType: .float64, offset: 0, count: plan.reportDoubles[rank])
        post(
          .stepReport(
            StepReport(step: report.version, tally: report.tally, steps: report.steps, partials: partials)),
          generation: generation, from: process, to: 0)
      case .handOver:
        let (tally, steps) = server.shard.openWindow
        let windows = TensorHeader(elementType: .float64, offset: 0, count: plan.reportDoubles[rank])
        for part in [StatePart.weights, .optimizerState(0), .windows] {
          post(
            .state(
              State(
                version: server.shard.version, part: part,
                tensor: part == .windows ? windows : header(plan.shards.shards[rank]),
                tally: tally, steps: steps)), generation: generation, from: process, to: 0)
        }
      }
    }
  }

  /// How many additions the push has led to: the server's sums, once more.
  private func additions(of push: ParameterServer<Float, Int>.Push, _ member: MemberState) -> Double {
    if member.sumsStep != push.step { member.sums = [:] }
    member.sumsStep = push.step
    if member.sums[push.segment] == nil {
      member.sums[push.segment] = TreeSum(over: plan.tree) { [weak member] _, _ in
        member?.additions += 1
        return 0
      }
    }
    let before = member.additions
    guard member.sums[push.segment]?.insert(0, at: push.node) == .accepted else { return 0 }
    return Double(member.additions - before)
  }

  /// How often each segment of a shard has been updated.
  private static func updates(_ shard: ParameterShard<Float>) -> [Int] {
    shard.segments.indices.map { shard.version + (shard.isUpdated($0) ? 1 : 0) }
  }

  private func header(_ range: Range<Int>) -> TensorHeader {
    TensorHeader(elementType: .float32, offset: range.lowerBound, count: range.count)
  }

  private func header(ofSegment segment: Int, isPacked: Bool = true) -> TensorHeader {
    var header = header(plan.shards.segments[segment].range)
    if plan.wire.isLossy, isPacked {
      header.packing = .init(format: plan.wire, wordCount: wordCounts[segment])
    }
    return header
  }

  private func elements(ofSegment segment: Int) -> Double { Double(plan.shards.segments[segment].range.count) }

  /// The number among server `rank`'s segments of the one that begins at `offset`.
  private func place(_ offset: Int, _ rank: Int) -> Int {
    plan.shards.segment(at: offset, of: rank).map { plan.shards.place(ofSegment: $0).number } ?? -1
  }

  // MARK: Workers

  func handle(_ item: ClusterProcess.Item, _ member: MemberState, worker rank: Int, _ process: ClusterProcess) {
    switch item {
    case .parcel(let parcel) where parcel.from == 0:
      session(parcel, member, process, role: .worker, rank: rank)
      if case .workerOrders(let orders) = parcel.message {
        send(.orders(generation: parcel.generation, orders), member, worker: rank, process)
      }
    case .parcel(let parcel):
      let server = parcel.from - 1
      member.watch.heard(server, now: now)
      switch parcel.message {
      case .weights(let weights):
        guard case .tensor(let buffer) = parcel.content,
          let segment = plan.shards.segment(at: weights.tensor.offset, of: server)
        else { return }
        if plan.shards.segments.count > 1 {
          process.cost +=
            Double(weights.tensor.count) * ClusterCosts.copyBytes / plan.costs.sumBytesPerSecond
        }
        send(
          .weights(segment: segment, generation: parcel.generation, version: weights.version, buffer), member,
          worker: rank, process)
      case .answer(let answer):
        send(
          .answer(server: server, generation: parcel.generation, answer.content), member, worker: rank, process)
      default: break
      }
    case .computed(let job, let segment): computed(job, segment, member, worker: rank, process)
    case .ready: session(.ready, member, process, role: .worker, rank: rank)
    case .tick, .stored: break
    }
    session(.tick(member.pulse), member, process, role: .worker, rank: rank)
    guard let worker = member.worker else { return }
    switch member.watch.check(awaited: worker.awaitedServers, now: now) {
    case .overdue:
      repetitions += 1
      send(.deadline, member, worker: rank, process)
    case .silent(let server): violate("worker \(rank) has not heard of server \(server)")
    case nil: break
    }
  }

  private func computed(
    _ job: MemberState.Job, _ segment: Int, _ member: MemberState, worker rank: Int, _ process: ClusterProcess
  ) {
    if segment == 0 {
      member.idleThreads += 1
      member.pending -= 1
      member.finished += 1
    }
    switch job {
    case .gradient(let task):
      // A worker adds up its own microbatches.
      if task.step != member.sumsStep { (member.sumsStep, member.computed) = (task.step, [:]) }
      member.computed[segment, default: 0] += 1
      if member.computed[segment, default: 0] > 1 {
        process.cost += elements(ofSegment: segment) * ClusterCosts.sumBytes / plan.costs.sumBytesPerSecond
      }
      let contribution = Contribution(
        gradient: task.gradient.part(shards.segments[segment].range),
        tally: Tally(lossSum: 2.3, correct: 1, samples: plan.samples))
      send(
        .computed(
          generation: task.generation, step: task.step, microbatch: task.microbatch, segment: segment, contribution),
        member, worker: rank, process)
    case .evaluation(let task):
      send(
        .evaluated(generation: task.generation, version: task.version, chunk: task.chunk, Tally(samples: 1)), member,
        worker: rank, process)
    }
  }

  private func send(
    _ event: Worker<Float>.Event, _ member: MemberState, worker rank: Int, _ process: ClusterProcess
  ) {
    guard let effects = member.worker?.handle(event) else { return }
    for effect in effects {
      switch effect {
      case .pull(let number, let generation, let version, let base):
        let segment = plan.shards.segments[number]
        post(
          .pull(Pull(version: version, offset: segment.range.lowerBound, base: base)), generation: generation,
          from: process,
          to: server(segment.server))
      case .push(let number, let push):
        let segment = plan.shards.segments[number]
        // Squares come with the gradient that a report follows.
        let squares =
          push.step + 1 == run.nextReport(after: push.step) ? plan.shards.loggedFilters(ofSegment: number) : 0
        let message = Push(
          step: push.step, node: push.node, tally: push.sum.tally, squares: Array(repeating: 0.1, count: squares),
          tensor: header(ofSegment: number))
        post(
          .push(message), generation: push.generation, from: process, to: server(segment.server),
          content: .tensor(one))
      case .compute(let task):
        member.pending += 1
        process.tasks.append(.gradient(task))
      case .evaluate(let task):
        member.pending += 1
        process.tasks.append(.evaluation(task))
      case .evaluated(let generation, let version, let node, let tally):
        post(
          .evaluated(Evaluated(version: version, node: node, tally: tally)), generation: generation, from: process,
          to: 0)
      case .fail(let sentence): violate(sentence)
      // Of asynchronous runs.
      case .request: break
      }
    }
  }

  // MARK: Sessions

  /// A message of the coordinator.
  private func session(
    _ parcel: Parcel, _ member: MemberState, _ process: ClusterProcess, role: Member.Role, rank: Int
  ) {
    let event: MemberSession.Event =
      switch parcel.message {
      case .welcome: .welcomed(Member(role, rank))
      case .refused(let body): .refused(exitCode: Int32(body.exitCode), sentence: body.sentence)
      case .stop(let body): .stopped(exitCode: Int32(body.exitCode), sentence: body.sentence)
      case .rejoin: .rejoin
      case .serverOrders, .workerOrders: .orders(generation: parcel.generation)
      default: .heard
      }
    session(event, member, process, role: role, rank: rank)
  }

  private func session(
    _ event: MemberSession.Event, _ member: MemberState, _ process: ClusterProcess, role: Member.Role, rank: Int
  ) {
    for effect in member.session.handle(event, now: now) {
      switch effect {
      case .hello:
        let hello = Messages.Hello(
          role: role == .server ? .server : .worker, rank: rank, specHash: run.specHash, host: "host\(process.host)",
          processID: process.id, threads: max(plan.threads, 1), incarnation: member.badge, badge: member.badge)
        post(.hello(hello), generation: 0, from: process, to: 0)
      case .begin:
        do { try begin(role, rank, member) } catch { violate("\(error)") }
        put(.ready(process.id), after: 0)
      case .ready:
        let endpoint = role == .server ? "tcp://10.0.0.\(rank % 256):50000" : ""
        post(
          .ready(Ready(fingerprint: Fingerprint(numbers: "n").text, endpoint: endpoint, isa: "x86-64-v4")),
          generation: 0, from: process, to: 0)
      case .heartbeat(let pulse):
        post(
          .heartbeat(Heartbeat(progress: pulse.progress, orders: pulse.orders, pending: pulse.pending)),
          generation: pulse.generation, from: process, to: 0)
      case .enter: member.watch.enter(serverCount: plan.servers, now: now)
      // The caller does.
      case .follow: break
      case .failed(_, let sentence): violate(sentence)
      case .newLife: violate("\(role.rawValue) \(rank) has lost its place")
      case .leave(let departure): if departure.cause != .stopped { violate(departure.sentence) }
      }
    }
  }

  private func begin(_ role: Member.Role, _ rank: Int, _ member: MemberState) throws {
    let (every, steps) = (run.reportEvery, run.steps)
    let reportsAfter: @Sendable (Int) -> Bool = { $0.isMultiple(of: every) || $0 == steps }
    switch role {
    case .server:
      let update = try TensorUpdate(rule: UpdateRules.make(name: "sgd"), l2: 0)
      let shard = ParameterShard<Float>(
        slices: shards.slicesOfSegments(of: rank), segments: shards.segmentRanges(of: rank), layout: shards.layout,
        initial: InitialWeights(layout: shards.layout, seed: 0),
        batch: plan.tree.leafCount, microbatches: plan.tree.leafCount,
        treatments: Dictionary(
          uniqueKeysWithValues: shards.layout.parameters.map { ($0, .train(update, learningRate: 0)) }),
        factor: { _ in 1 }, reportsAfter: reportsAfter)
      member.server = ParameterServer(shard: shard, tree: plan.tree)
    case .worker:
      member.worker = Worker(
        shards: shards, tree: plan.tree, chunks: ReductionTree(leafCount: 1), lastVersion: steps,
        reportsAfter: reportsAfter)
    }
  }
}
