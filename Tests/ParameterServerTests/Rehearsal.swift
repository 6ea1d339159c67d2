import Optimization
import ParameterServer
import Parameters
import Worker

/// The real state machines of servers and workers, connected by a message pool that delivers in any order.
///
/// The gradient is a formula of (weights, step, microbatch), so that a wrong version or a lost microbatch shows.
struct Rehearsal {
  typealias Server = ParameterServer<Float, Int>
  typealias Client = Worker<Float>

  private enum Letter {
    case toServer(Int, Server.Event)
    case toWorker(Int, Client.Event)
  }

  static let layout = ParameterLayout([
    Parameter(
      layer: "a", shape: Shape(5, 3), role: .weight, group: .weights, invariance: .filter,
      initializer: .heNormal(fanIn: 3)),
    Parameter(layer: "b", shape: Shape(5), role: .gamma, group: .gammaBeta, initializer: .constant(1)),
    Parameter(
      layer: "b", shape: Shape(5), role: .runningMean, group: .statistics, initializer: .constant(0)),
  ])

  /// The same with filters that are long enough for int8.
  static let wideLayout = ParameterLayout([
    Parameter(
      layer: "a", shape: Shape(5, 21), role: .weight, group: .weights, invariance: .filter,
      initializer: .heNormal(fanIn: 21)),
    layout.parameters[1], layout.parameters[2],
  ])

  let microbatches: Int
  let steps: Int
  /// What workers have computed at, by version.
  private(set) var held: [Int: Set<[UInt32]>] = [:]
  /// Packed segments of weights that were sent.
  private(set) var packed = 0
  private let shards: ShardMap
  private var servers: [Server]
  private var workers: [Client]
  private var bag: [Letter] = []
  private(set) var reports: [[WindowReport]]
  private(set) var duplicates = 0
  private(set) var failures: [String] = []

  /// - Parameter segmentSize: by default, every two filters are a segment.
  init(
    servers serverCount: Int, workers workerCount: Int, microbatches: Int, steps: Int,
    segmentSize: ClosedRange<Int> = 1...6, wire: Wire = .plain
  ) throws {
    let layout = wire.format.isLossy ? Self.wideLayout : Self.layout
    self.microbatches = microbatches
    self.steps = steps
    let shards = ShardMap(layout: layout, serverCount: serverCount, segmentSize: segmentSize)
    self.shards = shards
    let tree = ReductionTree(leafCount: microbatches)
    let update = try TensorUpdate(rule: UpdateRules.make(name: "nesterov"), l2: 0.01)
    let statistics = try RunningStatistics()
    let reportsAfter: @Sendable (Int) -> Bool = { $0 == steps || $0 == steps / 2 }
    servers = (0..<serverCount).map { rank in
      Server(
        shard: ParameterShard(
          slices: shards.slicesOfSegments(of: rank), segments: shards.segmentRanges(of: rank), layout: layout,
          initial: InitialWeights(layout: layout, seed: 7), batch: 4 * microbatches, microbatches: microbatches,
          treatments: Dictionary(
            uniqueKeysWithValues: layout.parameters.map { parameter in
              (
                parameter,
                parameter.role.isStatistic ? .average(statistics) : .train(update, learningRate: 0.1)
              )
            }), factor: { _ in 1 }, reportsAfter: reportsAfter, wire: wire), tree: tree)
    }
    workers = (0..<workerCount).map { _ in
      Client(
        shards: shards, tree: tree, chunks: ReductionTree(leafCount: 1), lastVersion: steps,
        reportsAfter: reportsAfter, wire: wire)
    }
    reports = Array(repeating: [], count: serverCount)
    for rank in servers.indices {
      bag.append(
        .toServer(
          rank,
          .orders(
            generation: 1,
            ServerOrders(
              number: 1, version: 0, horizon: steps, reported: 0,
              contributors: workers.indices.map { .init(rank: $0, badge: UInt64($0) + 1) }))))
    }
    for rank in workers.indices {
      let leaves = (microbatches * rank / workerCount)..<(microbatches * (rank + 1) / workerCount)
      bag.append(
        .toWorker(
          rank,
          .orders(
            generation: 1,
            WorkerOrders(
              number: 1, version: 0, endpoints: [], nodes: tree.maximalNodes(covering: Set(leaves))))))
    }
    // Servers start before any worker receives orders.
    while !bag.isEmpty, case .toServer = bag[0] { deliver(bag.removeFirst()) }
  }

  /// Runs until no message is left.
  ///
  /// - Parameters:
  ///   - choose: which of n messages to deliver next.
  ///   - repeats: whether to deliver this push twice.
  mutating func run(choose: (Int) -> Int, repeats: () -> Bool = { false }) {
    while !bag.isEmpty {
      let letter = bag.remove(at: choose(bag.count))
      deliver(letter)
      if case .toServer(_, .push) = letter, repeats() { deliver(letter) }
    }
  }

  /// The flat vector at the end, as bits.
  var bits: [UInt32] {
    servers.flatMap { server in
      server.shard.weights(at: server.shard.version).map { unsafe $0.elements.map(\.bitPattern) } ?? []
    }
  }

  var versions: [Int] { servers.map(\.shard.version) }

  private mutating func deliver(_ letter: Letter) {
    switch letter {
    case .toServer(let rank, let event):
      for effect in servers[rank].handle(event) { post(effect, from: rank) }
    case .toWorker(let rank, let event):
      for effect in workers[rank].handle(event) { post(effect, from: rank) }
    }
  }

  private mutating func post(_ effect: Server.Effect, from rank: Int) {
    switch effect {
    case .weights(let worker, let number, let version, let part, let isPacked):
      if isPacked { packed += 1 }
      let segment = shards.segments(of: rank).lowerBound + number
      bag.append(
        .toWorker(worker, .weights(segment: segment, generation: 1, version: version, part, isPacked: isPacked)))
    case .answer(_, .duplicate): duplicates += 1
    case .answer(_, let answer): failures.append("\(answer)")
    case .report(let report): reports[rank].append(report)
    case .fetch, .handOver: break
    }
  }

  private mutating func post(_ effect: Client.Effect, from rank: Int) {
    switch effect {
    case .pull(let segment, let generation, let version, let base):
      let (server, number) = shards.place(ofSegment: segment)
      bag.append(
        .toServer(
          server,
          .pull(
            rank, badge: UInt64(rank) + 1, generation: generation, segment: number, version: version, base: base)))
    case .push(let segment, let push):
      let (server, number) = shards.place(ofSegment: segment)
      bag.append(
        .toServer(
          server,
          .push(
            rank, badge: UInt64(rank) + 1, generation: push.generation,
            Server.Push(
              step: push.step, segment: number, node: push.node,
              tally: push.sum.tally, gradient: Buffer(push.sum.gradient.values), squares: push.sum.squares,
              errors: push.sum.errors))))
    case .compute(let task):
      held[task.step, default: []].insert(task.weights.values.map(\.bitPattern))
      let gradient = task.gradient
      for index in 0..<gradient.count {
        let phase = Float(task.step + 1) * 0.37 + Float(task.microbatch) * 1.7 + Float(index)
        unsafe gradient.start[index] = task.weights.start[index] * 0.3 + phase - phase.rounded() * 0.99
      }
      let tally = Tally(lossSum: 0.1 * Double(task.microbatch + 1), correct: task.microbatch, samples: 4)
      for (segment, place) in shards.segments.enumerated() {
        let part = gradient.part(place.range)
        let squares =
          task.measuresSquares
          ? shards.squaredNormsOfLoggedFilters(ofSegment: segment, in: part, times: 1.0 / 16) : []
        bag.append(
          .toWorker(
            rank,
            .computed(
              generation: task.generation, step: task.step, microbatch: task.microbatch, segment: segment,
              Contribution(gradient: part, tally: tally, squares: squares))))
      }
    case .evaluate, .evaluated, .request: break
    case .fail(let sentence): failures.append(sentence)
    }
  }
}
