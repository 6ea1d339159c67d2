import Optimization
import ParameterServer
import Parameters
import Testing

/// w = (1, 1, 1, 1), plain SGD at rate 1, two samples in each microbatch; what follows is counted by hand.
@Suite("Asynchronous server")
struct AsynchronousServerTests {
  typealias Server = ParameterServer<Double, String>

  private static func server(
    staleness: Int?, microbatches: Int = 2, backup: Int = 0, horizon: Int = 100
  ) throws -> Server {
    let layout = ParameterServerTests.layout
    let shards = ShardMap(layout: layout, serverCount: 1)
    let update = try TensorUpdate(rule: UpdateRules.make(name: "sgd"))
    let asynchrony = Asynchrony(staleness: staleness, microbatches: microbatches, backup: backup)
    var server = Server(
      shard: ParameterShard(
        slices: shards.slices(of: 0), layout: layout, initial: InitialWeights(layout: layout, seed: 1),
        batch: 2 * asynchrony.microbatchesPerStep, microbatches: asynchrony.microbatchesPerStep,
        treatments: [layout.parameters[0]: .train(update, learningRate: 1)], factor: { _ in 1 },
        reportsAfter: { $0.isMultiple(of: 2) }), asynchrony: asynchrony)
    _ = server.handle(ParameterServerTests.orders(horizon: horizon))
    return server
  }

  private static func push(
    _ microbatch: Int, at version: Int, _ value: Double = 2, from worker: Int = 0
  ) -> Server.Event {
    .push(
      ["a", "b"][worker], badge: UInt64(worker) + 1, generation: 1,
      .init(
        step: version, node: .init(start: microbatch, count: 1), tally: Tally(lossSum: 1, correct: 1, samples: 2),
        gradient: Buffer(Array(repeating: value, count: 4))))
  }

  private static func decisions(_ effects: [Server.Effect]) -> [MicrobatchDecision] {
    ParameterServerTests.answers(effects).compactMap {
      if case .decided(_, let decision, _) = $0 { decision } else { nil }
    }
  }

  @Test("any microbatches make a step, in whatever order; the mean of their samples' gradients is applied")
  func steps() throws {
    var server = try Self.server(staleness: 1)
    #expect(Self.decisions(server.handle(Self.push(3, at: 0, 2))) == [.applied])
    #expect(server.shard.version == 0)
    let effects = server.handle(Self.push(1, at: 0, 6, from: 1))
    // (2 + 6) / 4 samples.
    #expect(server.shard.version == 1 && server.shard.weights(at: 1)?.values == [-1, -1, -1, -1])
    // Both workers get what they have not been sent yet.
    #expect(Set(ParameterServerTests.weights(effects).map(\.0)) == ["a", "b"])
    #expect(server.appliedMicrobatches?.count == 2)
  }

  @Test("a microbatch is applied once: sent again it was applied, computed by another worker it is late")
  func late() throws {
    var server = try Self.server(staleness: 1)
    _ = server.handle(Self.push(0, at: 0))
    #expect(Self.decisions(server.handle(Self.push(0, at: 0))) == [.applied])
    #expect(server.shard.version == 0)
    _ = server.handle(Self.push(1, at: 0))
    #expect(Self.decisions(server.handle(Self.push(0, at: 1, from: 1))) == [.late])
    #expect(server.shard.version == 1 && server.refused[.lateMicrobatch] == 1)
  }

  @Test("what is further behind than allowed is rejected, and newer weights come with the answer")
  func rejected() throws {
    var server = try Self.server(staleness: 1)
    for microbatch in 0..<4 { _ = server.handle(Self.push(microbatch, at: microbatch / 2)) }
    #expect(Self.decisions(server.handle(Self.push(4, at: 1))) == [.applied])
    let effects = server.handle(Self.push(5, at: 0, from: 1))
    #expect(Self.decisions(effects) == [.rejected] && ParameterServerTests.weights(effects).map(\.1) == [2])
    #expect(Self.decisions(server.handle(Self.push(5, at: 2, from: 1))) == [.applied])
  }

  @Test("the report counts how far behind the gradients were, and those that were not applied")
  func report() throws {
    var server = try Self.server(staleness: 1)
    let pushes = [(0, 0), (1, 0), (0, 1), (2, 0), (3, 1)]
    let effects = pushes.flatMap { server.handle(Self.push($0, at: $1)) }
    let report = try #require(effects.compactMap { if case .report(let report) = $0 { report } else { nil } }.first)
    #expect(report.version == 2 && report.tally.samples == 8)
    #expect(report.tally.staleness == Staleness(counts: [3, 1], late: 1, rejected: 0))
  }

  @Test("with one in reserve a step does without the slowest, which goes into the next one")
  func backup() throws {
    var server = try Self.server(staleness: 1, microbatches: 3, backup: 1)
    _ = server.handle(Self.push(0, at: 0))
    _ = server.handle(Self.push(2, at: 0, from: 1))
    #expect(server.shard.version == 1)
    #expect(Self.decisions(server.handle(Self.push(1, at: 0))) == [.applied])
    #expect(server.shard.version == 1)
  }

  @Test("at the horizon a step is collected and not taken; what arrives meanwhile waits, and is judged then")
  func horizon() throws {
    var server = try Self.server(staleness: 0, horizon: 1)
    for microbatch in 0..<4 { _ = server.handle(Self.push(microbatch, at: microbatch / 2)) }
    #expect(server.shard.version == 1)
    #expect(ParameterServerTests.answers(server.handle(Self.push(4, at: 1, from: 1))).isEmpty)
    let effects = server.handle(ParameterServerTests.orders(number: 2, horizon: 2))
    #expect(server.shard.version == 2 && Self.decisions(effects) == [.rejected])
  }

  @Test("a pull gets the newest weights that are at least as new as it asks for")
  func pull() throws {
    var server = try Self.server(staleness: nil)
    for microbatch in 0..<4 { _ = server.handle(Self.push(microbatch, at: 0)) }
    let effects = server.handle(.pull("b", badge: 2, generation: 1, version: 1))
    #expect(ParameterServerTests.weights(effects).map(\.1) == [2])
    #expect(server.handle(.pull("b", badge: 2, generation: 1, version: 3)).isEmpty)
    #expect(ParameterServerTests.answers(server.handle(.pull("b", badge: 2, generation: 1, version: 3))) == [.waiting])
  }

  @Test("what is no gradient of one microbatch of the whole shard is refused in a sentence")
  func impossible() throws {
    var server = try Self.server(staleness: 1)
    for (step, count, elements) in [(1, 1, 4), (0, 2, 4), (0, 1, 3)] {
      let push = Server.Push(
        step: step, node: .init(start: 0, count: count), tally: Tally(), gradient: Buffer(count: elements))
      let answers = ParameterServerTests.answers(server.handle(.push("a", badge: 1, generation: 1, push)))
      guard case .refused? = answers.first else {
        Issue.record("\(step), \(count), \(elements): \(answers)")
        continue
      }
    }
    #expect(server.refused[.impossiblePush] == 3)
  }
}
