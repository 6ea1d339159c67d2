import Optimization
import ParameterServer
import Parameters
import Testing

@Suite("Parameter server")
struct ParameterServerTests {
  typealias Server = ParameterServer<Double, String>

  static let layout = ParameterLayout([
    Parameter(layer: "w", shape: Shape(2, 2), role: .weight, group: .weights, initializer: .constant(1))
  ])

  /// A server with w = (1, 1, 1, 1), plain SGD at rate 1 and two samples a step, one in each of two microbatches.
  static func server(horizon: Int = 100) throws -> Server {
    let shards = ShardMap(layout: layout, serverCount: 1)
    let update = try TensorUpdate(rule: UpdateRules.make(name: "sgd"))
    var server = Server(
      shard: ParameterShard(
        slices: shards.slices(of: 0), layout: layout, initial: InitialWeights(layout: layout, seed: 1), batch: 2,
        microbatches: 2, treatments: [layout.parameters[0]: .train(update, learningRate: 1)], factor: { _ in 1 },
        reportsAfter: { $0.isMultiple(of: 2) }), tree: ReductionTree(leafCount: 2))
    _ = server.handle(orders(horizon: horizon))
    return server
  }

  static func orders(
    generation: UInt64 = 1, number: Int = 1, version: Int = 0, horizon: Int = 100, collect: Int? = nil,
    reported: Int = 0, contributors: [ServerOrders.Contributor] = [.init(rank: 0, badge: 1), .init(rank: 1, badge: 2)]
  ) -> Server.Event {
    .orders(
      generation: generation,
      ServerOrders(
        number: number, version: version, horizon: horizon, collect: collect, reported: reported,
        contributors: contributors))
  }

  static func push(_ value: Double, step: Int, leaf: Int, count: Int = 4) -> Server.Event {
    .push(
      "a", badge: 1, generation: 1,
      .init(
        step: step, node: .init(start: leaf, count: 1), tally: Tally(lossSum: 1, correct: 1, samples: 1),
        gradient: Buffer(Array(repeating: value, count: count))))
  }

  static func answers(_ effects: [Server.Effect]) -> [ServerAnswer] {
    effects.compactMap { if case .answer(_, let answer) = $0 { answer } else { nil } }
  }

  static func weights(_ effects: [Server.Effect]) -> [(String, Int, [Double])] {
    effects.compactMap {
      if case .weights(let peer, _, let version, let buffer, _) = $0 {
        (peer, version, buffer.values)
      } else {
        nil
      }
    }
  }

  @Test(
    "a push of a peer that the orders do not name is refused, counted, and changes nothing", arguments: [nil, 0, 3])
  func strangers(badge: UInt64?) throws {
    var server = try Self.server()
    let forged = Server.Push(
      step: 0, node: .init(start: 0, count: 2), tally: Tally(lossSum: 1, correct: 1, samples: 2),
      gradient: Buffer([9, 9, 9, 9]))
    #expect(Self.answers(server.handle(.push("c", badge: badge, generation: 1, forged))) == [.notAMember])
    #expect(server.shard.version == 0 && server.refused[.pushOfStranger] == 1)
    for leaf in 0..<2 { _ = server.handle(Self.push(1, step: 0, leaf: leaf)) }
    #expect(Self.weights(server.handle(.pull("a", badge: 1, generation: 1, version: 1))).first?.2 == [0, 0, 0, 0])
    // Whoever is no longer named is a stranger too.
    _ = server.handle(Self.orders(number: 2, contributors: [.init(rank: 1, badge: 2)]))
    #expect(Self.answers(server.handle(Self.push(1, step: 1, leaf: 0))) == [.notAMember])
  }

  @Test("a worker that is faster than the orders that name it gets the weights when they arrive")
  func early() throws {
    var server = try Self.server()
    #expect(server.handle(.pull("c", badge: 3, generation: 1, version: 0)).isEmpty)
    #expect(Self.answers(server.handle(.pull("c", badge: 3, generation: 1, version: 0))) == [.waiting])
    let effects = server.handle(
      Self.orders(number: 2, contributors: [.init(rank: 0, badge: 1), .init(rank: 2, badge: 3)]))
    #expect(Self.weights(effects).map(\.0) == ["c"] && Self.weights(effects).first?.2 == [1, 1, 1, 1])
  }

  @Test(
    "a gradient that is not finite is laid to its sender, and to nobody if those of all are",
    arguments: [
      ([.nan, 1], [0]), ([1, .infinity], [1]), ([.nan, .nan], []), ([.greatestFiniteMagnitude, 1e308], []),
    ])
  func senders(gradients: [Double], ranks: [Int]) throws {
    var server = try Self.server()
    var reports: [WindowReport] = []
    for (leaf, value) in gradients.enumerated() {
      let push = Server.Push(
        step: 0, node: .init(start: leaf, count: 1), tally: Tally(lossSum: 1, correct: 1, samples: 1),
        gradient: Buffer([1, 1, value, 1]))
      let effects = server.handle(.push("ab", badge: UInt64(leaf) + 1, generation: 1, push))
      for case .report(let report) in effects { reports.append(report) }
    }
    #expect(reports.map(\.nonFinite) == ["w.weight"] && reports.map(\.senders) == [ranks])
  }

  @Test("applies the mean gradient once both halves have arrived, and keeps the previous version")
  func applies() throws {
    var server = try Self.server()
    #expect(server.handle(Self.push(0.5, step: 0, leaf: 1)).isEmpty)
    // The push is a pull, too.
    #expect(Self.answers(server.handle(.pull("a", badge: 1, generation: 1, version: 1))) == [.waiting])
    let effects = Self.weights(server.handle(Self.push(0.25, step: 0, leaf: 0)))
    // w − (0.5 + 0.25) / 2
    #expect(effects.first?.2 == [0.625, 0.625, 0.625, 0.625])
    #expect(Self.weights(server.handle(.pull("b", badge: 2, generation: 1, version: 0))).first?.2 == [1, 1, 1, 1])
    #expect(Self.weights(server.handle(.pull("b", badge: 2, generation: 1, version: 1))).first?.1 == 1)
  }

  @Test("a buffer that is still referenced is never written")
  func immutable() throws {
    var server = try Self.server()
    var held: [Buffer<Double>] = []
    var seen: [[Double]] = []
    for step in 0..<5 {
      if case .weights(_, _, _, let buffer, _)? = server.handle(.pull("a", badge: 1, generation: 1, version: step))
        .first
      {
        held.append(buffer)
        seen.append(buffer.values)
      }
      for leaf in 0..<2 { _ = server.handle(Self.push(1, step: step, leaf: leaf)) }
    }
    #expect(held.count == 5)
    for (buffer, values) in zip(held, seen) { #expect(buffer.values == values) }
  }

  @Test("version 0 is projected already, and scaled to the initial length where the optimizer projects nothing")
  func initialProjection() throws {
    func weights(_ projection: Projection, initialLength: Projection = .none) throws -> [Double]? {
      let update = try TensorUpdate(rule: UpdateRules.make(name: "sgd"), projection: projection)
      return ParameterShard<Double>(
        slices: ShardMap(layout: Self.layout, serverCount: 1).slices(of: 0), layout: Self.layout,
        initial: InitialWeights(layout: Self.layout, seed: 1), batch: 2, microbatches: 2,
        treatments: [Self.layout.parameters[0]: .train(update, learningRate: 1)], factor: { _ in 1 },
        reportsAfter: { _ in false }, initialLength: { _ in initialLength }
      ).weights(at: 0)?.values
    }
    func isClose(_ values: [Double]?, _ value: Double) -> Bool {
      values?.count == 4 && values?.allSatisfy { abs($0 - value) < 1e-15 } == true
    }
    #expect(try isClose(weights(.none), 1))
    // Two filters of two weights each.
    #expect(try isClose(weights(.filter(radius: 3)), 3 / 2.0.squareRoot()))
    #expect(try isClose(weights(.layer(radius: 3)), 1.5))
    #expect(try isClose(weights(.none, initialLength: .filter(radius: 2)), 2.0.squareRoot()))
    #expect(try isClose(weights(.filter(radius: 3), initialLength: .filter(radius: 2)), 3 / 2.0.squareRoot()))
  }

  @Test("a repeated, late, early, foreign or malformed request is answered and changes nothing")
  func refuses() throws {
    var server = try Self.server()
    _ = server.handle(Self.push(1, step: 0, leaf: 0))
    #expect(Self.answers(server.handle(Self.push(9, step: 0, leaf: 0))) == [.duplicate])
    #expect(Self.answers(server.handle(Self.push(9, step: 1, leaf: 1))) == [.refused("step 1 is ahead of version 0")])
    #expect(
      Self.answers(server.handle(Self.push(9, step: 0, leaf: 1, count: 3)))
        == [.refused("a gradient of 3 elements for a segment of 4")])
    let strange = Server.Push(
      step: 0, node: .init(start: 1, count: 5), tally: Tally(), gradient: Buffer([0, 0, 0, 0]))
    #expect(
      Self.answers(server.handle(.push("a", badge: 1, generation: 1, strange))) == [
        .refused("the tree has no node 1+5")
      ])
    #expect(
      Self.answers(server.handle(.push("a", badge: 1, generation: 0, strange))) == [.wrongGeneration(1)])
    #expect(Self.answers(server.handle(.pull("a", badge: 1, generation: 2, version: 0))) == [.wrongGeneration(1)])
    _ = server.handle(Self.push(1, step: 0, leaf: 1))
    #expect(server.shard.version == 1)
    #expect(Self.answers(server.handle(Self.push(9, step: 0, leaf: 1))) == [.duplicate])
    #expect(Self.weights(server.handle(.pull("a", badge: 1, generation: 1, version: 1))).first?.2 == [0, 0, 0, 0])
  }

  @Test("a version that is no longer kept is gone")
  func gone() throws {
    var server = try Self.server()
    for step in 0..<3 { for leaf in 0..<2 { _ = server.handle(Self.push(1, step: step, leaf: leaf)) } }
    #expect(Self.answers(server.handle(.pull("a", badge: 1, generation: 1, version: 1))) == [.gone(current: 3)])
  }

  @Test("no update is applied beyond the horizon until it is raised")
  func horizon() throws {
    var server = try Self.server(horizon: 1)
    for step in 0..<2 { for leaf in 0..<2 { _ = server.handle(Self.push(1, step: step, leaf: leaf)) } }
    #expect(server.shard.version == 1)
    #expect(Self.answers(server.handle(.pull("a", badge: 1, generation: 1, version: 2))) == [.waiting])
    let effects = server.handle(Self.orders(number: 2, horizon: 5))
    #expect(server.shard.version == 2)
    #expect(Self.weights(effects).map(\.1) == [2])
  }

  @Test("sends its state at the collected version, and again when the orders are repeated")
  func handsOver() throws {
    var server = try Self.server()
    func versions(_ effects: [Server.Effect]) -> [Int] {
      effects.compactMap { if case .handOver = $0 { server.shard.version } else { nil } }
    }
    let orders = Self.orders(number: 2, horizon: 1, collect: 1)
    #expect(versions(server.handle(orders)).isEmpty)
    _ = server.handle(Self.push(1, step: 0, leaf: 0))
    #expect(versions(server.handle(Self.push(1, step: 0, leaf: 1))) == [1])
    #expect(versions(server.handle(orders)) == [1])
    #expect(versions(server.handle(Self.orders(number: 1, horizon: 9, collect: 1))).isEmpty)
  }

  @Test("reports are retransmitted on repeated orders until the coordinator has acknowledged them")
  func repeatsReports() throws {
    var server = try Self.server()
    func reports(_ effects: [Server.Effect]) -> [Int] {
      effects.compactMap { if case .report(let report) = $0 { report.version } else { nil } }
    }
    for step in 0..<4 { for leaf in 0..<2 { _ = server.handle(Self.push(1, step: step, leaf: leaf)) } }
    #expect(reports(server.handle(Self.orders(number: 1))) == [2, 4])
    #expect(reports(server.handle(Self.orders(number: 2, reported: 2))).isEmpty)
    #expect(reports(server.handle(Self.orders(number: 2, reported: 2))) == [4])
  }

  @Test("a new generation begins with the requested state, and fences out all others even before that")
  func generations() throws {
    var server = try Self.server()
    for step in 0..<2 { for leaf in 0..<2 { _ = server.handle(Self.push(1, step: step, leaf: leaf)) } }
    let kept = server.shard.state()
    for step in 2..<3 { for leaf in 0..<2 { _ = server.handle(Self.push(1, step: step, leaf: leaf)) } }
    guard case .fetch(generation: 2, version: 2) = server.handle(Self.orders(generation: 2, version: 2)).first else {
      Issue.record("the state was not asked for")
      return
    }
    #expect(server.generation == 1)
    #expect(server.handle(.state(generation: 1, kept)).isEmpty)
    _ = server.handle(.state(generation: 2, kept))
    #expect(server.generation == 2 && server.shard.version == 2)
    #expect(Self.answers(server.handle(Self.push(1, step: 2, leaf: 0))) == [.wrongGeneration(2)])
    #expect(Self.answers(server.handle(.pull("a", badge: 1, generation: 2, version: 1))) == [.gone(current: 2)])
    #expect(Self.answers(server.handle(.pull("a", badge: 1, generation: 1, version: 2))) == [.wrongGeneration(2)])
    #expect(server.handle(Self.orders(generation: 1, number: 99, horizon: 0)).isEmpty)
    // Back to the initial weights, which need not be sent.
    _ = server.handle(Self.orders(generation: 3, version: 0))
    #expect(Self.weights(server.handle(.pull("a", badge: 1, generation: 3, version: 0))).first?.2 == [1, 1, 1, 1])
  }

  @Test("orders older than those whose state is awaited are void, the same ones ask for it again")
  func awaitedState() throws {
    var server = try Self.server()
    func fetches(_ event: Server.Event) -> Bool {
      let effects = server.handle(event)
      if case .fetch(generation: 3, version: 2)? = effects.first { return effects.count == 1 }
      #expect(effects.isEmpty)
      return false
    }
    #expect(fetches(Self.orders(generation: 3, number: 7, version: 2, horizon: 5)))
    #expect(!fetches(Self.orders(generation: 3, number: 6, version: 2, horizon: 4)))
    #expect(!fetches(Self.orders(generation: 2, number: 9, version: 4, horizon: 6)))
    #expect(!fetches(Self.orders(generation: 1, number: 2, horizon: 9)), "the generation before is over")
    #expect(fetches(Self.orders(generation: 3, number: 7, version: 2, horizon: 5)))
    var kept = try Self.server()
    for step in 0..<2 { for leaf in 0..<2 { _ = kept.handle(Self.push(1, step: step, leaf: leaf)) } }
    _ = server.handle(.state(generation: 3, kept.shard.state()))
    #expect(server.generation == 3 && server.orders.number == 7 && server.orders.horizon == 5)
    #expect(server.refused[.olderOrders] == 3)
  }

  @Test("a window's report is the sum over its steps")
  func report() throws {
    var server = try Self.server()
    var reports: [WindowReport] = []
    for step in 0..<4 {
      for leaf in 0..<2 {
        for case .report(let report) in server.handle(Self.push(1, step: step, leaf: leaf)) { reports.append(report) }
      }
    }
    #expect(reports.map(\.version) == [2, 4])
    #expect(reports.map(\.tally) == Array(repeating: Tally(lossSum: 4, correct: 4, samples: 4), count: 2))
  }

  @Test("a gradient that is not finite is named and stops the server", arguments: [Double.nan, .infinity])
  func nonFinite(value: Double) throws {
    var server = try Self.server()
    _ = server.handle(Self.push(value, step: 0, leaf: 0))
    _ = server.handle(.pull("a", badge: 1, generation: 1, version: 1))
    let effects = server.handle(Self.push(1, step: 0, leaf: 1))
    guard case .report(let report)? = effects.first else {
      Issue.record("expected a report")
      return
    }
    #expect(report.nonFinite == "w.weight" && report.version == 1)
    #expect(Self.weights(effects).isEmpty)
    #expect(Self.answers(server.handle(Self.push(1, step: 1, leaf: 0))) == [.duplicate])
  }
}
