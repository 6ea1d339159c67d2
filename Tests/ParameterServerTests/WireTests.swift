import EffectiveLearningRate
import Foundation
import Optimization
import ParameterServer
import Parameters
import Testing

/// What a server sends of its weights where the wire is lossy.
@Suite("Weights on lossy wires")
struct WireTests {
  typealias Server = ParameterServer<Float, String>

  /// Two segments.
  static let layout = ParameterLayout([
    Parameter(
      layer: "a", shape: Shape(3, 20), role: .weight, group: .weights, invariance: .filter,
      initializer: .heNormal(fanIn: 20)),
    Parameter(
      layer: "b", shape: Shape(2, 33), role: .weight, group: .head, initializer: .heNormal(fanIn: 33)),
    Parameter(layer: "b", shape: Shape(2), role: .bias, group: .head, initializer: .constant(1)),
  ])
  static let shards = ShardMap(layout: layout, serverCount: 1, segmentSize: 60...80)

  static func shard(
    _ wire: Wire, batch: Int = 1, reportsAfter: @escaping @Sendable (Int) -> Bool = { _ in false }
  ) throws -> ParameterShard<Float> {
    let update = try TensorUpdate(rule: UpdateRules.make(name: "adam"))
    return ParameterShard(
      slices: shards.slicesOfSegments(of: 0), segments: shards.segmentRanges(of: 0), layout: layout,
      initial: InitialWeights(layout: layout, seed: 1), batch: batch, microbatches: 1,
      treatments: Dictionary(uniqueKeysWithValues: layout.parameters.map { ($0, .train(update, learningRate: 0.01)) }),
      factor: { _ in 1 }, reportsAfter: reportsAfter, wire: wire)
  }

  /// One step with a gradient that depends on what workers hold.
  static func advance(_ shard: inout ParameterShard<Float>, at held: [Float]) {
    let version = shard.version
    let gradient = held.enumerated().map { index, weight in
      let phase = Float(version + 1) * 0.37 + Float(index) * 1.7
      return weight * 0.3 + phase - phase.rounded() * 0.99
    }
    _ = shard.advance(along: Contribution(gradient: Buffer(gradient), tally: Tally(samples: 1)))
  }

  /// What a worker makes of a version's segments.
  static func received(_ shard: ParameterShard<Float>, at version: Int, onto held: [Float]?) throws -> [Float] {
    let whole = Buffer<Float>(count: shard.count)
    let base = held.map { Buffer($0) }
    for (segment, range) in shard.segments.enumerated() {
      let sent = try #require(shard.sentWeights(at: version, segment: segment, to: held == nil ? nil : version - 1))
      if sent.isPacked {
        shard.codings[segment].unpack(sent.content, into: whole, at: range.lowerBound, onto: base)
      } else {
        unsafe (whole.start + range.lowerBound).update(from: sent.content.start, count: range.count)
      }
    }
    return whole.values
  }

  static let int8 = Wire(.int8, seed: 1)

  @Test("a worker that takes differences holds what one gets that takes everything, step after step")
  func differences() throws {
    var shard = try Self.shard(Self.int8)
    #expect(shard.segments.count == 2)
    var held = try Self.received(shard, at: 0, onto: nil)
    #expect(held == shard.weights(at: 0)?.values)
    for version in 1...20 {
      Self.advance(&shard, at: held)
      let before = held
      held = try Self.received(shard, at: version, onto: before)
      #expect(try held == Self.received(shard, at: version, onto: nil))
      #expect(held != shard.weights(at: version)?.values)
      // The version before is still there, as it was.
      #expect(try Self.received(shard, at: version - 1, onto: nil) == before)
      #expect(shard.sentWeights(at: version - 2, segment: 0, to: nil) == nil)
    }
    // Errors do not add up: they stay below one rounding of a step of Adam, which is the learning rate and not more than thrice it.
    let distance = zip(held, shard.weights(at: 20)?.values ?? []).map { abs($0 - $1) }.max() ?? .infinity
    #expect(distance < 3 * 0.01 / 127)
    // Biases are sent as they are.
    #expect(held.suffix(2) == shard.weights(at: 20)?.values.suffix(2))
  }

  @Test("sixteen bits are the weights, rounded, whatever a worker holds", arguments: [WireFormat.bfloat16, .float16])
  func sixteenBits(format: WireFormat) throws {
    var shard = try Self.shard(Wire(format, seed: 1))
    for version in 0...3 {
      let weights = try #require(shard.weights(at: version)).values
      let expected = weights.map { format == .float16 ? Float(Float16($0)) : Self.bfloat16($0) }
      #expect(try Self.received(shard, at: version, onto: nil) == expected)
      #expect(try Self.received(shard, at: version, onto: expected) == expected)
      Self.advance(&shard, at: expected)
    }
  }

  private static func bfloat16(_ x: Float) -> Float {
    let low = Float(bitPattern: x.bitPattern & 0xFFFF_0000), high = Float(bitPattern: low.bitPattern + 0x1_0000)
    return abs(x - low) < abs(high - x) ? low : high
  }

  @Test("a restored shard goes on with what workers held, and with the same bits", arguments: SameBitsTests.lossy)
  func resumes(wire: Wire) throws {
    var straight = try Self.shard(wire)
    var held = try Self.received(straight, at: 0, onto: nil)
    var state = straight.state()
    for version in 1...8 {
      if version == 5 { state = straight.state() }
      Self.advance(&straight, at: held)
      held = try Self.received(straight, at: version, onto: nil)
    }
    #expect(state.optimizerState.count == straight.stateCount)
    // A new server, and one that has gone on and rewinds.
    for var other in [try Self.shard(wire), straight] {
      other.restore(state)
      var held = try Self.received(other, at: 4, onto: nil)
      for version in 5...8 {
        Self.advance(&other, at: held)
        held = try Self.received(other, at: version, onto: held)
      }
      #expect(other.weights(at: 8)?.values == straight.weights(at: 8)?.values)
    }
  }

  @Test("a push shows that its worker holds the step's version; a pull says so itself")
  func requests() throws {
    var server = Server(shard: try Self.shard(Self.int8), tree: ReductionTree(leafCount: 1))
    _ = server.handle(
      .orders(
        generation: 1,
        ServerOrders(
          number: 1, version: 0, horizon: 9, reported: 0, contributors: [.init(rank: 0, badge: 1)])))
    func packed(_ effects: [Server.Effect]) -> [Bool] {
      effects.compactMap { if case .weights(_, _, _, _, let isPacked) = $0 { isPacked } else { nil } }
    }
    func pull(_ version: Int, base: Int?) -> [Bool] {
      packed(server.handle(.pull("a", badge: 1, generation: 1, segment: 1, version: version, base: base)))
    }
    #expect(pull(0, base: nil) == [false])
    let coding = server.shard.codings[1]
    let gradient = coding.packed(
      Contribution(gradient: Buffer([Float](repeating: 1, count: coding.count)), tally: Tally(samples: 1)),
      at: .init(step: 0, node: .init(start: 0, count: 1)), measuring: false, into: BufferPool(count: coding.wordCount)
    ).gradient
    func push(_ gradient: Buffer<Float>) -> Server.Event {
      .push(
        "a", badge: 1, generation: 1,
        .init(step: 0, segment: 1, node: .init(start: 0, count: 1), tally: Tally(samples: 1), gradient: gradient))
    }
    // Elements are no words.
    let refused = server.handle(push(Buffer(count: coding.count)))
    guard case .answer(_, .refused(let sentence))? = refused.first else {
      Issue.record("accepted a gradient that is not packed")
      return
    }
    #expect(sentence == "a gradient of \(coding.count) packed words for a segment of \(coding.wordCount)")
    #expect(packed(server.handle(push(gradient))) == [true])
    #expect(pull(1, base: 0) == [true])
    #expect(pull(1, base: nil) == [false])
    #expect(pull(0, base: nil) == [false])
  }

  @Test("a report says what rounding changed in gradients and weights, and nothing where nothing is rounded")
  func errors() throws {
    for wire in [Wire.plain] + SameBitsTests.lossy {
      var shard = try Self.shard(wire, batch: 4, reportsAfter: { $0 == 1 })
      let errors = wire.format.isLossy ? [16, 32, 48, 64, 80].map { Double($0) } : []
      let total = Contribution(
        gradient: Buffer((0..<shard.count).map { Float($0) }), tally: Tally(), errors: errors)
      let made = shard.advance(along: total)
      let report = try #require(made)
      let windows = (0..<5).map { index in
        let size = FilterWindow.doubleCount
        return FilterWindow(report.windows[index * size..<(index + 1) * size])
      }
      // The batch has 4 samples.
      #expect(windows.map(\.wireSquares) == (wire.format.isLossy ? [1, 2, 3, 4, 5] : [-1, -1, -1, -1, -1]))
      let weights = try #require(shard.weights(at: 1)).values
      let held = try Self.received(shard, at: 1, onto: nil)
      let filters = (0..<3).map { 20 * $0..<20 * $0 + 20 } + (0..<2).map { 60 + 33 * $0..<93 + 33 * $0 }
      for (window, range) in zip(windows, filters) {
        let expected = range.reduce(0) { sum, i in sum + pow(Double(weights[i]) - Double(held[i]), 2) }
        #expect(wire.format.isLossy ? abs(window.heldSquares / expected - 1) < 1e-5 : window.heldSquares == -1)
      }
    }
  }
}
