import Parameters
import Testing
import Worker

@Suite("Worker")
struct WorkerTests {
  typealias Machine = Worker<Double>

  static let layout = ParameterLayout([
    Parameter(layer: "a", shape: Shape(4, 1), role: .weight, group: .weights, initializer: .constant(0))
  ])

  static func machine(servers: Int, microbatches: Int = 3, lastVersion: Int = 5) -> Machine {
    Machine(
      shards: ShardMap(layout: layout, serverCount: servers), tree: ReductionTree(leafCount: microbatches),
      chunks: ReductionTree(leafCount: 2), lastVersion: lastVersion)
  }

  static func orders(
    _ nodes: [ReductionTree.Node], number: Int = 1, version: Int = 0, evaluating: WorkerOrders.Evaluation? = nil
  ) -> Machine.Event {
    .orders(
      generation: 1,
      WorkerOrders(number: number, version: version, endpoints: [], nodes: nodes, evaluation: evaluating))
  }

  static func pulls(_ effects: [Machine.Effect]) -> [Int] {
    effects.compactMap { if case .pull(let segment, _, _, _) = $0 { segment } else { nil } }
  }

  static func tasks(_ effects: [Machine.Effect]) -> [Machine.Task] {
    effects.compactMap { if case .compute(let task) = $0 { task } else { nil } }
  }

  static func pushes(_ effects: [Machine.Effect]) -> [(segment: Int, push: Machine.Push)] {
    effects.compactMap { if case .push(let segment, let push) = $0 { (segment, push) } else { nil } }
  }

  static func contribution(_ value: Double) -> Contribution<Double> {
    Contribution(gradient: Buffer([Double](repeating: value, count: 4)), tally: Tally(lossSum: value, samples: 1))
  }

  /// A microbatch of step 0 is done, whose gradient is this everywhere, on two servers; the end of the vector comes first.
  static func compute(_ worker: inout Machine, microbatch: Int, _ value: Double) -> [Machine.Effect] {
    [1, 0].flatMap { segment in
      worker.handle(
        .computed(
          generation: 1, step: 0, microbatch: microbatch, segment: segment,
          Contribution(gradient: Buffer([value, value]), tally: Tally(lossSum: value, samples: 1))))
    }
  }

  @Test("computes nothing before the version's weights have arrived from every server")
  func gathers() {
    var worker = Self.machine(servers: 2)
    let nodes = [ReductionTree.Node(start: 0, count: 2)]
    #expect(Self.pulls(worker.handle(Self.orders(nodes))) == [0, 1])
    #expect(worker.handle(.weights(segment: 0, generation: 1, version: 0, Buffer([1, 2]))).isEmpty)
    #expect(worker.awaitedServers == [1])
    #expect(worker.handle(.weights(segment: 0, generation: 1, version: 0, Buffer([9, 9]))).isEmpty)
    #expect(worker.handle(.weights(segment: 1, generation: 1, version: 1, Buffer([9, 9]))).isEmpty)
    #expect(worker.handle(.weights(segment: 1, generation: 2, version: 0, Buffer([9, 9]))).isEmpty)
    let tasks = Self.tasks(worker.handle(.weights(segment: 1, generation: 1, version: 0, Buffer([3, 4]))))
    #expect(tasks.map(\.microbatch) == [0, 1])
    #expect(tasks.allSatisfy { $0.weights.values == [1, 2, 3, 4] })
    #expect(tasks[0].gradient !== tasks[1].gradient)
  }

  @Test("sends the sum of a node to every server, which is a request for the next version")
  func pushes() throws {
    var worker = Self.machine(servers: 2)
    let nodes = [ReductionTree.Node(start: 0, count: 2)]
    _ = worker.handle(Self.orders(nodes))
    for server in 0..<2 { _ = worker.handle(.weights(segment: server, generation: 1, version: 0, Buffer([0, 0]))) }
    #expect(Self.compute(&worker, microbatch: 1, 2).isEmpty)
    #expect(Self.compute(&worker, microbatch: 1, 2).isEmpty)
    let effects = Self.compute(&worker, microbatch: 0, 1)
    let sent = Self.pushes(effects)
    #expect(sent.map(\.segment) == [1, 0])
    let push = try #require(sent.first?.push)
    #expect(push.node == nodes[0])
    #expect(push.sum.tally == Tally(lossSum: 3, samples: 2))
    #expect(push.sum.gradient.values == [3, 3])
    #expect(Self.pulls(effects).isEmpty)
    #expect(worker.awaitedServers == [0, 1])
  }

  @Test("repeats unanswered requests under the same keys")
  func repeats() {
    var worker = Self.machine(servers: 2)
    _ = worker.handle(Self.orders([ReductionTree.Node(start: 2, count: 1)]))
    for server in 0..<2 { _ = worker.handle(.weights(segment: server, generation: 1, version: 0, Buffer([0, 0]))) }
    #expect(worker.handle(.deadline).isEmpty)
    _ = Self.compute(&worker, microbatch: 2, 1)
    _ = worker.handle(.weights(segment: 0, generation: 1, version: 1, Buffer([0, 0])))
    let again = worker.handle(.deadline)
    #expect(Self.pulls(again) == [1])
    #expect(Self.pushes(again).map(\.segment) == [1])
    #expect(Self.pushes(again).first?.push.step == 0)
  }

  @Test("stops at the last version and still evaluates there")
  func evaluates() {
    var worker = Self.machine(servers: 1, lastVersion: 0)
    let chunk = ReductionTree.Node(start: 1, count: 1)
    #expect(
      Self.pulls(
        worker.handle(
          Self.orders([ReductionTree.Node(start: 0, count: 1)], evaluating: .init(version: 0, nodes: [chunk])))) == [0])
    let effects = worker.handle(.weights(segment: 0, generation: 1, version: 0, Buffer([0, 0, 0, 0])))
    #expect(Self.tasks(effects).isEmpty)
    guard case .evaluate(let task) = effects.first else {
      Issue.record("expected an evaluation, got \(effects.count) effects")
      return
    }
    #expect(task.chunk == 1)
    let tally = Tally(lossSum: 0.5, correct: 1, samples: 1)
    guard
      case .evaluated(generation: 1, version: 0, node: chunk, tally: tally) = worker.handle(
        .evaluated(generation: 1, version: 0, chunk: 1, tally)
      ).first
    else {
      Issue.record("expected the tally of the chunk")
      return
    }
  }

  @Test("evaluates the version it has just completed when the order arrives late")
  func lateEvaluation() {
    var worker = Self.machine(servers: 1)
    _ = worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 1)]))
    _ = worker.handle(.weights(segment: 0, generation: 1, version: 0, Buffer([1, 2, 3, 4])))
    _ = worker.handle(.computed(generation: 1, step: 0, microbatch: 0, Self.contribution(1)))
    let chunk = ReductionTree.Node(start: 0, count: 1)
    let nodes = [ReductionTree.Node(start: 0, count: 1)]
    let order = Self.orders(nodes, number: 2, evaluating: .init(version: 0, nodes: [chunk]))
    guard case .evaluate(let task) = worker.handle(order).first else {
      Issue.record("the order was forgotten")
      return
    }
    #expect(task.version == 0)
    #expect(task.weights.values == [1, 2, 3, 4])
    _ = worker.handle(.weights(segment: 0, generation: 1, version: 1, Buffer([0, 0, 0, 0])))
    let late = worker.handle(Self.orders(nodes, number: 3, evaluating: .init(version: 0, nodes: [chunk])))
    #expect(!late.contains { if case .evaluate = $0 { true } else { false } })
  }

  @Test("when its version is gone, continues with the one before the server's, which may still need it")
  func gone() {
    var worker = Self.machine(servers: 2)
    _ = worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 1)]))
    let effects = worker.handle(.answer(server: 0, generation: 1, .gone(current: 4)))
    #expect(Self.pulls(effects) == [0, 1])
    guard case .pull(_, _, version: 3, _) = effects.first else {
      Issue.record("expected pulls of version 3")
      return
    }
    // An answer to an older request has no effect.
    #expect(worker.handle(.answer(server: 1, generation: 1, .gone(current: 4))).isEmpty)
  }

  @Test("computes nodes assigned in the middle of a step, even while waiting for the next weights")
  func reassignment() {
    var worker = Self.machine(servers: 1, microbatches: 4)
    _ = worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 2)]))
    _ = worker.handle(.weights(segment: 0, generation: 1, version: 0, Buffer([1, 2, 3, 4])))
    _ = worker.handle(.computed(generation: 1, step: 0, microbatch: 0, Self.contribution(1)))
    let sent = worker.handle(.computed(generation: 1, step: 0, microbatch: 1, Self.contribution(2)))
    #expect(Self.pushes(sent).count == 1)
    // The other worker is gone: this one is assigned all nodes.
    let tasks = Self.tasks(worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 4)], number: 2)))
    #expect(tasks.map(\.microbatch) == [2, 3])
    #expect(tasks.allSatisfy { $0.step == 0 })
    #expect(Self.pushes(worker.handle(.computed(generation: 1, step: 0, microbatch: 3, Self.contribution(4)))).isEmpty)
    let pushes = Self.pushes(worker.handle(.computed(generation: 1, step: 0, microbatch: 2, Self.contribution(3))))
    #expect(pushes.map(\.push.node) == [ReductionTree.Node(start: 0, count: 4)])
    #expect(pushes.first?.push.sum.gradient.values == [10, 10, 10, 10])
  }

  @Test("older orders, and orders of an older generation, change nothing")
  func olderOrders() {
    var worker = Self.machine(servers: 1)
    _ = worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 1)], number: 3))
    #expect(worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 2)], number: 2)).isEmpty)
    #expect(worker.ordersNumber == 3)
    _ = worker.handle(
      .orders(generation: 2, WorkerOrders(number: 4, version: 0, endpoints: [], nodes: [])))
    #expect(worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 2)], number: 9)).isEmpty)
    #expect(worker.generation == 2)
  }

  @Test("a spare neither pulls nor computes")
  func spare() {
    var worker = Self.machine(servers: 2)
    #expect(worker.handle(Self.orders([])).isEmpty)
    #expect(worker.awaitedServers.isEmpty)
  }

  @Test("squares are measured in the step that ends a logging window, unless there is only one microbatch")
  func squares() {
    for (microbatches, expected) in [(3, [false, true, false, true]), (1, [false, false, false, false])] {
      var worker = Machine(
        shards: ShardMap(layout: Self.layout, serverCount: 1), tree: ReductionTree(leafCount: microbatches),
        chunks: ReductionTree(leafCount: 2), lastVersion: 5, reportsAfter: { $0.isMultiple(of: 2) })
      _ = worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 1)]))
      let measured = (0..<4).map { version in
        let tasks = Self.tasks(
          worker.handle(.weights(segment: 0, generation: 1, version: version, Buffer([0, 0, 0, 0]))))
        _ = worker.handle(.computed(generation: 1, step: version, microbatch: 0, Self.contribution(1)))
        return tasks.map(\.measuresSquares)
      }
      #expect(measured == expected.map { [$0] })
    }
  }

  @Test("a segment leaves as soon as it is complete, and its next version may come before the others have left")
  func segments() {
    var worker = Self.machine(servers: 2, microbatches: 1)
    _ = worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 1)]))
    for segment in 0..<2 { _ = worker.handle(.weights(segment: segment, generation: 1, version: 0, Buffer([0, 0]))) }
    func computed(_ segment: Int) -> Machine.Event {
      .computed(
        generation: 1, step: 0, microbatch: 0, segment: segment,
        Contribution(gradient: Buffer([1, 1]), tally: Tally(samples: 1)))
    }
    #expect(Self.pushes(worker.handle(computed(1))).map(\.segment) == [1])
    // Server 0 can't answer yet, and server 1 can't if others need this worker's part of server 0.
    #expect(worker.awaitedServers.isEmpty)
    #expect(worker.handle(.weights(segment: 1, generation: 1, version: 1, Buffer([3, 4]))).isEmpty)
    #expect(Self.pushes(worker.handle(computed(0))).map(\.segment) == [0])
    #expect(worker.awaitedServers == [0])
    let tasks = Self.tasks(worker.handle(.weights(segment: 0, generation: 1, version: 1, Buffer([1, 2]))))
    #expect(tasks.map(\.step) == [1] && tasks.first?.weights.values == [1, 2, 3, 4])
  }

  @Test("pulls the segments that it will not push, because its nodes went to others in the middle of the step")
  func unpushed() {
    var worker = Self.machine(servers: 2, microbatches: 2)
    _ = worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 1)]))
    for segment in 0..<2 { _ = worker.handle(.weights(segment: segment, generation: 1, version: 0, Buffer([0, 0]))) }
    _ = worker.handle(
      .computed(
        generation: 1, step: 0, microbatch: 0, segment: 1,
        Contribution(gradient: Buffer([1, 1]), tally: Tally(samples: 1))))
    let effects = worker.handle(Self.orders([], number: 2))
    #expect(Self.pulls(effects) == [0] && Self.pushes(effects).isEmpty)
    #expect(worker.awaitedServers == [0, 1])
  }

  @Test(
    "weights that lie one behind the other are used where they are, others are copied",
    arguments: [[0, 1, 2], [2, 0, 1]])
  func inPlace(order: [Int]) {
    for isInPlace in [true, false] {
      var worker = Machine(
        shards: ShardMap(layout: Self.layout, serverCount: 3), tree: ReductionTree(leafCount: 1),
        chunks: ReductionTree(leafCount: 2), lastVersion: 5)
      _ = worker.handle(Self.orders([ReductionTree.Node(start: 0, count: 1)]))
      let whole = Buffer<Double>([1, 2, 3, 4])
      let ranges = ShardMap(layout: Self.layout, serverCount: 3).segments.map(\.range)
      var effects: [Machine.Effect] = []
      for segment in order {
        let part = isInPlace ? whole.part(ranges[segment]) : Buffer(Array(whole.values[ranges[segment]]))
        effects = worker.handle(.weights(segment: segment, generation: 1, version: 0, part))
      }
      let weights = Self.tasks(effects).first?.weights
      #expect(weights?.values == [1, 2, 3, 4])
      #expect(unsafe (weights?.start == whole.start) == isInPlace)
    }
  }

  // MARK: Lossy wires

  /// Two segments of a filter of 16 weights each.
  static func lossy(_ format: WireFormat, microbatches: Int = 2) -> (machine: Worker<Float>, shards: ShardMap, Wire) {
    let layout = ParameterLayout([
      Parameter(
        layer: "a", shape: Shape(2, 16), role: .weight, group: .weights, invariance: .filter, initializer: .constant(0))
    ])
    let (shards, wire) = (ShardMap(layout: layout, serverCount: 1, segmentSize: 1...16), Wire(format, seed: 5))
    let machine = Worker<Float>(
      shards: shards, tree: ReductionTree(leafCount: microbatches), chunks: ReductionTree(leafCount: 1),
      lastVersion: 5, wire: wire)
    return (machine, shards, wire)
  }

  static func order(
    _ nodes: [ReductionTree.Node], number: Int = 1, version: Int = 0
  ) -> Worker<Float>.Event {
    .orders(generation: 1, WorkerOrders(number: number, version: version, endpoints: [], nodes: nodes))
  }

  static func bases(_ effects: [Worker<Float>.Effect]) -> [Int?] {
    effects.compactMap { if case .pull(_, _, _, let base) = $0 { .some(base) } else { nil } }
  }

  @Test("takes differences from the version that it holds, and asks for everything where it holds none")
  func takesDifferences() throws {
    let (machine, shards, wire) = Self.lossy(.int8)
    var worker = machine
    let root = ReductionTree.Node(start: 0, count: 2)
    #expect(Self.bases(worker.handle(Self.order([root]))) == [nil, nil])
    // Packed differences cannot be taken yet.
    let coding = shards.coding(ofSegment: 0, wire)
    let packed = Buffer<Float>(count: coding.wordCount)
    coding.pack(differencesOf: Buffer([Float](repeating: 3, count: 16)), from: Buffer(count: 16), at: 0, into: packed)
    #expect(worker.handle(.weights(segment: 0, generation: 1, version: 0, packed, isPacked: true)).isEmpty)
    #expect(worker.refused[.otherWeights] == 1)
    var effects: [Worker<Float>.Effect] = []
    for segment in 0..<2 {
      effects = worker.handle(
        .weights(segment: segment, generation: 1, version: 0, Buffer([Float](repeating: Float(segment + 1), count: 16)))
      )
    }
    for case .compute(let task) in effects {
      for segment in 0..<2 {
        let gradient = Contribution(gradient: task.gradient.part(shards.segments[segment].range), tally: Tally())
        effects = worker.handle(
          .computed(generation: 1, step: 0, microbatch: task.microbatch, segment: segment, gradient))
      }
    }
    // A request that is repeated names the version held.
    #expect(Self.bases(worker.handle(.deadline)) == [0, 0])
    _ = worker.handle(.weights(segment: 0, generation: 1, version: 1, packed, isPacked: true))
    effects = worker.handle(.weights(segment: 1, generation: 1, version: 1, packed, isPacked: true))
    let weights = effects.compactMap { if case .compute(let task) = $0 { task.weights.values } else { nil } }
    #expect(weights.first == [Float](repeating: 4, count: 16) + [Float](repeating: 5, count: 16))
  }

  @Test("what is sent of a node is the packed sum of what would be sent of its halves", arguments: WireFormat.allCases)
  func packsEveryNode(format: WireFormat) throws {
    func sums(_ nodes: [ReductionTree.Node]) -> [[Float]] {
      let (machine, shards, _) = Self.lossy(format)
      var worker = machine
      _ = worker.handle(Self.order(nodes))
      var effects: [Worker<Float>.Effect] = []
      for segment in 0..<2 {
        effects = worker.handle(.weights(segment: segment, generation: 1, version: 0, Buffer(count: 16)))
      }
      var sums: [[Float]] = []
      for case .compute(let task) in effects {
        for index in 0..<task.gradient.count {
          unsafe task.gradient.start[index] = Float(index * index % 17) / 7 + Float(task.microbatch)
        }
        let gradient = Contribution(gradient: task.gradient.part(shards.segments[0].range), tally: Tally())
        for case .push(_, let push) in worker.handle(
          .computed(generation: 1, step: 0, microbatch: task.microbatch, segment: 0, gradient))
        {
          sums.append(push.sum.gradient.values)
        }
      }
      return sums
    }
    let (_, shards, wire) = Self.lossy(format)
    let coding = shards.coding(ofSegment: 0, wire)
    let root = ReductionTree.Node(start: 0, count: 2)
    let (left, right) = try #require(root.children)
    let halves = (sums([left]) + sums([right])).map { Contribution(gradient: Buffer($0), tally: Tally()) }
    #expect(halves.allSatisfy { $0.gradient.count == coding.wordCount })
    let expected = coding.add(
      halves[0], halves[1], at: .init(step: 0, node: root), into: Buffer(count: coding.wordCount))
    let whole = sums([root]).map { $0.map(\.bitPattern) }
    #expect(whole == [expected.gradient.values.map(\.bitPattern)])
  }
}
