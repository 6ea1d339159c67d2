import Parameters
import Testing
import Worker

@Suite("Asynchronous worker")
struct AsynchronousWorkerTests {
  typealias Machine = AsynchronousWorker<Double>

  private static func machine(staleness: Int? = 1, servers: Int = 2, threads: Int = 1) -> Machine {
    let layout = WorkerTests.layout
    return Machine(
      shards: ShardMap(layout: layout, serverCount: servers, segmentSize: layout.count...layout.count),
      asynchrony: Asynchrony(staleness: staleness, microbatches: 3, backup: 0), chunks: ReductionTree(leafCount: 2),
      threads: threads)
  }

  private static func weights(_ server: Int, version: Int) -> Machine.Event {
    .weights(segment: server, generation: 1, version: version, Buffer([Double(version), Double(server)]))
  }

  private static func grant(_ number: Int, _ microbatches: [Int]) -> Machine.Event {
    .granted(generation: 1, MicrobatchGrant(number: number, microbatches: microbatches))
  }

  private static func computed(_ task: Worker<Double>.Task, _ server: Int) -> Machine.Event {
    .computed(
      generation: 1, step: task.step, microbatch: task.microbatch, segment: server,
      Contribution(gradient: Buffer([1, 1]), tally: Tally(samples: 1)))
  }

  private static func answer(
    _ server: Int, _ microbatch: Int, _ decision: MicrobatchDecision = .applied, version: Int = 0
  ) -> Machine.Event {
    .answer(server: server, generation: 1, .decided(microbatch: microbatch, decision, version: version))
  }

  private static func requests(_ effects: [Machine.Effect]) -> [MicrobatchRequest] {
    effects.compactMap { if case .request(_, let request) = $0 { request } else { nil } }
  }

  /// A worker with weights of version 0.
  private static func ready(staleness: Int? = 1, threads: Int = 1) -> Machine {
    var worker = machine(staleness: staleness, threads: threads)
    let effects = worker.handle(WorkerTests.orders([]))
    #expect(requests(effects) == [MicrobatchRequest(number: 1, capacity: staleness == 0 ? threads : 2 * threads)])
    #expect(WorkerTests.pulls(effects) == [0, 1])
    for server in 0..<2 { _ = worker.handle(weights(server, version: 0)) }
    return worker
  }

  @Test("a thread begins the lowest microbatch that it was granted, and its number is that of the run")
  func tasks() throws {
    var worker = Self.ready()
    let tasks = WorkerTests.tasks(worker.handle(Self.grant(1, [8, 7])))
    let task = try #require(tasks.first)
    #expect(tasks.count == 1 && (task.step, task.microbatch) == (2, 1))
    #expect(task.weights.values == [0, 0, 0, 1])
  }

  @Test("a gradient goes to each server with the version of that server's weights")
  func versions() throws {
    var worker = Self.ready()
    _ = worker.handle(Self.weights(1, version: 1))
    let task = try #require(WorkerTests.tasks(worker.handle(Self.grant(1, [0]))).first)
    let pushes = [1, 0].flatMap { WorkerTests.pushes(worker.handle(Self.computed(task, $0))) }
    #expect(pushes.map(\.segment) == [1, 0] && pushes.map(\.push.step) == [1, 0])
    #expect(pushes.allSatisfy { $0.push.node == .init(start: 0, count: 1) })
  }

  @Test("it begins nothing at weights that are further behind than allowed, until newer ones arrive")
  func fresh() throws {
    var worker = Self.ready(staleness: 0)
    let task = try #require(WorkerTests.tasks(worker.handle(Self.grant(1, [0]))).first)
    for server in 0..<2 { _ = worker.handle(Self.computed(task, server)) }
    _ = worker.handle(Self.answer(0, 0, version: 1))
    _ = worker.handle(Self.answer(1, 0))
    #expect(WorkerTests.tasks(worker.handle(Self.grant(2, [1]))).isEmpty)
    #expect(worker.awaitedServers == [0])
    #expect(WorkerTests.tasks(worker.handle(Self.weights(0, version: 1))).map(\.microbatch) == [1])
  }

  @Test("a microbatch is applied if all servers say so or have it already, and goes back if one rejects it")
  func settled() throws {
    var worker = Self.ready(threads: 2)
    let tasks = WorkerTests.tasks(worker.handle(Self.grant(1, [0, 1])))
    for task in tasks { for server in 0..<2 { _ = worker.handle(Self.computed(task, server)) } }
    #expect(Self.requests(worker.handle(Self.answer(0, 0))).isEmpty)
    #expect(Self.requests(worker.handle(Self.answer(1, 0, .late))).first?.applied == [0])
    _ = worker.handle(Self.answer(0, 1, .rejected))
    let request = try #require(Self.requests(worker.handle(Self.answer(1, 1))).first)
    #expect(request == MicrobatchRequest(number: 3, capacity: 4, applied: [0], returned: [1]))
    // Once it is acknowledged, it may come back.
    #expect(WorkerTests.tasks(worker.handle(Self.grant(3, [1]))).map(\.microbatch) == [1])
  }

  @Test("a grant that is late, or names what is done, begins nothing")
  func grants() throws {
    var worker = Self.ready()
    let task = try #require(WorkerTests.tasks(worker.handle(Self.grant(1, [0]))).first)
    for server in 0..<2 { _ = worker.handle(Self.computed(task, server)) }
    for server in 0..<2 { _ = worker.handle(Self.answer(server, 0)) }
    #expect(worker.awaitsMicrobatches)
    #expect(WorkerTests.tasks(worker.handle(Self.grant(1, [0]))).isEmpty)
    #expect(WorkerTests.tasks(worker.handle(Self.grant(2, [2]))).map(\.microbatch) == [2])
    #expect(WorkerTests.tasks(worker.handle(Self.grant(1, [0]))).isEmpty && worker.refused[.olderGrant] == 1)
  }

  @Test("what is not answered is sent again, under the same keys")
  func repeats() throws {
    var worker = Self.ready()
    let task = try #require(WorkerTests.tasks(worker.handle(Self.grant(1, [4]))).first)
    for server in 0..<2 { _ = worker.handle(Self.computed(task, server)) }
    _ = worker.handle(Self.answer(1, 4))
    let effects = worker.handle(.deadline)
    #expect(WorkerTests.pushes(effects).map(\.segment) == [0] && WorkerTests.pulls(effects) == [0])
    #expect(WorkerTests.pushes(effects).map(\.push.node.start) == [4])
    #expect(Self.requests(effects) == [MicrobatchRequest(number: 1, capacity: 2)])
  }

  @Test("test images are evaluated at the milestone's version, once every server's weights have it")
  func evaluation() {
    var worker = Self.ready()
    let orders = WorkerTests.orders([], number: 2, evaluating: .init(version: 2, nodes: [.init(start: 0, count: 2)]))
    func chunks(_ effects: [Machine.Effect]) -> [Int] {
      effects.compactMap { if case .evaluate(let task) = $0 { task.chunk } else { nil } }
    }
    #expect(chunks(worker.handle(orders)).isEmpty && worker.awaitedServers == [0, 1])
    #expect(chunks(worker.handle(Self.weights(0, version: 2))).isEmpty)
    #expect(chunks(worker.handle(Self.weights(1, version: 2))) == [0, 1])
  }

  @Test("while it computes, it awaits no weights of an evaluation that is not due, and repeats only what it lacks")
  func orderedEvaluation() throws {
    var worker = Self.ready()
    _ = worker.handle(
      WorkerTests.orders([], number: 2, evaluating: .init(version: 2, nodes: [.init(start: 0, count: 2)])))
    let task = try #require(WorkerTests.tasks(worker.handle(Self.grant(1, [0]))).first)
    #expect(worker.awaitedServers.isEmpty && WorkerTests.pulls(worker.handle(.deadline)).isEmpty)
    _ = worker.handle(Self.computed(task, 1))
    #expect(worker.awaitedServers == [1])
    _ = worker.handle(Self.computed(task, 0))
    for server in 0..<2 { _ = worker.handle(Self.answer(server, 0, version: 2)) }
    #expect(worker.awaitedServers == [0, 1] && WorkerTests.pulls(worker.handle(.deadline)) == [0, 1])
  }

  @Test("a new generation begins with nothing in hand")
  func generations() throws {
    var worker = Self.ready()
    let task = try #require(WorkerTests.tasks(worker.handle(Self.grant(1, [0]))).first)
    let effects = worker.handle(
      .orders(generation: 2, WorkerOrders(number: 3, version: 4, endpoints: [], nodes: [])))
    #expect(Self.requests(effects) == [MicrobatchRequest(number: 1, capacity: 2)])
    #expect(worker.handle(Self.computed(task, 0)).isEmpty && worker.refused[.lateGradient] == 1)
    #expect(worker.handle(Self.grant(1, [7])).isEmpty)
  }
}
