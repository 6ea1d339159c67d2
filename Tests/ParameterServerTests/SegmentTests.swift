import Optimization
import ParameterServer
import Parameters
import Testing

/// A server whose shard has two segments, of two tensors.
@Suite("Segments of a server")
struct SegmentTests {
  typealias Server = ParameterServer<Double, String>

  static let layout = ParameterLayout([
    Parameter(layer: "a", shape: Shape(2, 1), role: .weight, group: .weights, initializer: .constant(1)),
    Parameter(layer: "b", shape: Shape(1, 1), role: .weight, group: .weights, initializer: .constant(1)),
  ])

  /// Plain SGD at rate 1 from ones, one sample in each of two microbatches.
  static func server(reportEvery: Int = 100, collect: Int? = nil, horizon: Int = 100) throws -> Server {
    let shards = ShardMap(layout: layout, serverCount: 1, segmentSize: 1...Int.max)
    let update = try TensorUpdate(rule: UpdateRules.make(name: "momentum"))
    var server = Server(
      shard: ParameterShard(
        slices: shards.slicesOfSegments(of: 0), segments: shards.segmentRanges(of: 0), layout: layout,
        initial: InitialWeights(layout: layout, seed: 1), batch: 2, microbatches: 2,
        treatments: Dictionary(uniqueKeysWithValues: layout.parameters.map { ($0, .train(update, learningRate: 1)) }),
        factor: { _ in 1 }, reportsAfter: { $0.isMultiple(of: reportEvery) }), tree: ReductionTree(leafCount: 2))
    _ = server.handle(
      .orders(
        generation: 1,
        ServerOrders(
          number: 1, version: 0, horizon: horizon, collect: collect, reported: 0,
          contributors: [.init(rank: 0, badge: 1), .init(rank: 1, badge: 2)])))
    return server
  }

  /// Worker k computes microbatch k.
  static func push(_ value: Double, step: Int = 0, segment: Int, of worker: Int) -> Server.Event {
    .push(
      "\(worker)", badge: UInt64(worker) + 1, generation: 1,
      .init(
        step: step, segment: segment, node: .init(start: worker, count: 1), tally: Tally(samples: 1),
        gradient: Buffer([Double](repeating: value, count: segment == 0 ? 2 : 1))))
  }

  static func weights(_ effects: [Server.Effect]) -> [String] {
    effects.compactMap {
      if case .weights(let peer, let segment, let version, let buffer, _) = $0 {
        "\(peer) \(segment) v\(version) \(buffer.values)"
      } else {
        nil
      }
    }
  }

  @Test(
    "each is updated and sent as soon as its sum is complete; the version rises with the last")
  func eachOnItsOwn() throws {
    var server = try Self.server()
    #expect(Self.weights(server.handle(Self.push(1, segment: 1, of: 0))).isEmpty)
    #expect(
      Self.weights(server.handle(Self.push(0, segment: 1, of: 1))) == ["0 1 v1 [0.5]", "1 1 v1 [0.5]"])
    #expect(server.shard.version == 0 && !server.shard.isBetweenSteps)
    // Who asks for it again, gets it again.
    #expect(
      Self.weights(server.handle(.pull("0", badge: 1, generation: 1, segment: 1, version: 1))) == ["0 1 v1 [0.5]"])
    #expect(
      Self.weights(server.handle(.pull("0", badge: 1, generation: 1, segment: 1, version: 0))) == ["0 1 v0 [1.0]"])
    _ = server.handle(Self.push(0, segment: 0, of: 0))
    #expect(
      Self.weights(server.handle(Self.push(1, segment: 0, of: 1)))
        == ["0 0 v1 [0.5, 0.5]", "1 0 v1 [0.5, 0.5]"])
    #expect(server.shard.version == 1 && server.shard.isBetweenSteps)
    #expect(server.shard.weights(at: 1)?.values == [0.5, 0.5, 0.5])
  }

  @Test("a push of a segment that the step has updated is a duplicate, and who repeats it pulls the weights")
  func repeated() throws {
    var server = try Self.server()
    for worker in 0..<2 { _ = server.handle(Self.push(1, segment: 1, of: worker)) }
    let effects = server.handle(Self.push(1, segment: 1, of: 0))
    guard case .answer("0", .duplicate)? = effects.first else {
      Issue.record("expected an answer")
      return
    }
    #expect(effects.count == 1)
    #expect(
      Self.weights(server.handle(.pull("0", badge: 1, generation: 1, segment: 1, version: 1))) == ["0 1 v1 [0.0]"])
    #expect(server.refused[.pastStep] == 1)
    for worker in 0..<2 { _ = server.handle(Self.push(1, segment: 0, of: worker)) }
    #expect(server.shard.weights(at: 1)?.values == [0, 0, 0])
  }

  @Test("a segment that the shard does not have, or of another size, is refused")
  func impossible() throws {
    var server = try Self.server()
    var effects = server.handle(Self.push(1, segment: 2, of: 0))
    guard case .answer(_, .refused("the shard has no segment 2"))? = effects.first else {
      Issue.record("expected a refusal")
      return
    }
    let push = Server.Push(
      step: 0, segment: 1, node: .init(start: 0, count: 1), tally: Tally(), gradient: Buffer([1, 1]))
    effects = server.handle(.push("0", badge: 1, generation: 1, push))
    guard case .answer(_, .refused("a gradient of 2 elements for a segment of 1"))? = effects.first else {
      Issue.record("expected a refusal")
      return
    }
    #expect(server.refused[.impossiblePush] == 2)
    #expect(server.handle(.pull("0", badge: 1, generation: 1, segment: 2, version: 0)).isEmpty)
  }

  @Test("a step writes where the version before the previous one was, which nobody can need any more")
  func memory() throws {
    var server = try Self.server()
    func step(_ step: Int, _ segment: Int) {
      for worker in 0..<2 { _ = server.handle(Self.push(1, step: step, segment: segment, of: worker)) }
    }
    func answer(_ version: Int) -> [Server.Effect] {
      server.handle(.pull("0", badge: 1, generation: 1, segment: 1, version: version))
    }
    var places: Set<Int> = []
    for version in 0..<7 {
      server.shard.weights(at: version).map { _ = unsafe places.insert(Int(bitPattern: $0.start)) }
      #expect(version == 0 || Self.weights(answer(version - 1)).count == 1, "all servers may not have this version yet")
      step(version, 1)
      // Whoever pushed has this version of all servers.
      guard case .answer("0", .gone(current: version + 1))? = answer(version - 1).first else {
        Issue.record("version \(version - 1) is gone")
        return
      }
      step(version, 0)
    }
    #expect(places.count == 3, "the initial weights, which metrics need, the current ones and one more")
  }

  @Test("a gradient is let go as soon as its segment is updated with it")
  func gradients() throws {
    var server = try Self.server(reportEvery: 1)
    weak var gradient: Buffer<Double>?
    do {
      let buffer = Buffer([1.0])
      gradient = buffer
      let push = Server.Push(
        step: 0, segment: 1, node: .init(start: 0, count: 2), tally: Tally(samples: 2), gradient: buffer)
      _ = server.handle(.push("0", badge: 1, generation: 1, push))
    }
    #expect(server.shard.isUpdated(1) && !server.shard.isBetweenSteps && gradient == nil)
  }

  @Test("a state may be put together in the shard's own memory, and nobody gets or changes anything of it meanwhile")
  func inPlace() throws {
    var server = try Self.server()
    for segment in [1, 0] { for worker in 0..<2 { _ = server.handle(Self.push(1, segment: segment, of: worker)) } }
    let contributors = [0, 1].map { ServerOrders.Contributor(rank: $0, badge: UInt64($0) + 1) }
    #expect(!server.awaits(3, of: 2))
    _ = server.handle(
      .orders(
        generation: 2, ServerOrders(number: 1, version: 3, horizon: 9, reported: 0, contributors: contributors)))
    #expect(server.awaits(3, of: 2) && !server.awaits(3, of: 1) && !server.awaits(2, of: 2))
    let room = server.shard.room()
    unsafe room.weights.elements.update(repeating: 7)
    for whole in room.optimizerState { unsafe whole.elements.update(repeating: 5) }
    // The other generation is over.
    #expect(Self.weights(server.handle(.pull("0", badge: 1, generation: 1, segment: 1, version: 1))).isEmpty)
    for worker in 0..<2 { _ = server.handle(Self.push(1, step: 1, segment: 1, of: worker)) }
    #expect(server.shard.isBetweenSteps && !server.handsOver(1))
    let state = ShardState(
      version: 3, weights: room.weights, optimizerState: room.optimizerState, windows: server.shard.windowNumbers,
      tally: Tally(), steps: 0)
    _ = server.handle(.state(generation: 2, state))
    #expect(server.shard.weights(at: 3) === room.weights && !server.awaits(3, of: 2))
    #expect(server.shard.piece(of: .weights, in: 1..<3)?.values == [7, 7])
    #expect(server.shard.piece(of: .optimizerState(0), in: 0..<3)?.values == [5, 5, 5])
    let strange: [(StatePart, Range<Int>)] = [
      (.weights, 1..<4), (.weights, -1..<1), (.optimizerState(1), 0..<1), (.windows, 0..<1),
    ]
    #expect(strange.allSatisfy { server.shard.piece(of: $0.0, in: $0.1) == nil })
  }

  @Test("the state is handed over between two steps only, with the momentum of all segments")
  func handsOver() throws {
    var server = try Self.server(collect: 1, horizon: 1)
    func states(_ effects: [Server.Effect]) -> [ShardState<Double>] {
      effects.compactMap { if case .handOver = $0 { server.shard.state() } else { nil } }
    }
    for worker in 0..<2 { #expect(states(server.handle(Self.push(1, segment: 1, of: worker))).isEmpty) }
    _ = server.handle(Self.push(1, segment: 0, of: 0))
    let handed = states(server.handle(Self.push(1, segment: 0, of: 1)))
    #expect(handed.map(\.version) == [1])
    #expect(handed.first?.weights.values == [0, 0, 0] && handed.first?.optimizerState.first?.values == [1, 1, 1])
    // Nothing of the next step is applied beyond the horizon.
    for worker in 0..<2 { _ = server.handle(Self.push(1, step: 1, segment: 1, of: worker)) }
    #expect(server.shard.isBetweenSteps)
  }

  @Test("a step that has begun is finished, and only then is a lower horizon acknowledged")
  func held() throws {
    var server = try Self.server()
    for worker in 0..<2 { _ = server.handle(Self.push(1, segment: 1, of: worker)) }
    let contributors = [0, 1].map { ServerOrders.Contributor(rank: $0, badge: UInt64($0) + 1) }
    let orders = ServerOrders(number: 2, version: 0, horizon: 0, reported: 0, contributors: contributors)
    _ = server.handle(.orders(generation: 1, orders))
    #expect(server.followedOrders == 1)
    for worker in 0..<2 { _ = server.handle(Self.push(1, segment: 0, of: worker)) }
    #expect(server.shard.version == 1 && server.followedOrders == 2)
    for worker in 0..<2 { _ = server.handle(Self.push(1, step: 1, segment: 1, of: worker)) }
    #expect(server.shard.isBetweenSteps && server.followedOrders == 2)
  }

  @Test("the first segment that is not finite is named when all have their sums, and is not sent")
  func nonFinite() throws {
    var server = try Self.server()
    for worker in 0..<2 {
      #expect(Self.weights(server.handle(Self.push(.nan, segment: 1, of: worker))).isEmpty)
    }
    _ = server.handle(Self.push(.infinity, segment: 0, of: 0))
    let effects = server.handle(Self.push(1, segment: 0, of: 1))
    guard case .report(let report)? = effects.first else {
      Issue.record("expected a report")
      return
    }
    #expect(report.nonFinite == "a.weight" && report.version == 1 && Self.weights(effects).isEmpty)
  }

  @Test("a window's report has the numbers of the whole shard, and its tally once")
  func report() throws {
    var server = try Self.server(reportEvery: 1)
    var reports: [WindowReport] = []
    for segment in [1, 0] {
      for worker in 0..<2 {
        for case .report(let report) in server.handle(Self.push(1, segment: segment, of: worker)) {
          reports.append(report)
        }
      }
    }
    #expect(reports.map(\.version) == [1] && reports.first?.tally.samples == 2)
    var whole = try Self.server(reportEvery: 1).shard
    let expected = whole.advance(along: Contribution(gradient: Buffer([2, 2, 2]), tally: Tally(samples: 2)))
    #expect(reports.first == expected)
  }

  @Test("a new generation in the middle of a step begins from the state that it fetched")
  func rewinds() throws {
    var server = try Self.server()
    let state = server.shard.state()
    for worker in 0..<2 { _ = server.handle(Self.push(1, segment: 1, of: worker)) }
    _ = server.handle(
      .orders(generation: 2, ServerOrders(number: 1, version: 3, horizon: 100, reported: 0)))
    var later = state
    later.version = 3
    _ = server.handle(.state(generation: 2, later))
    #expect(server.shard.isBetweenSteps && server.shard.version == 3)
    #expect(server.shard.weights(at: 3)?.values == [1, 1, 1])
    #expect(server.shard.state().optimizerState.first?.values == [0, 0, 0])
  }
}
