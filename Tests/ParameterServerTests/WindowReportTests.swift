import EffectiveLearningRate
import Optimization
import ParameterServer
import Parameters
import Testing

/// Reports of servers have the same bits for any order of arrival, and agree with the content of the buffers.
@Suite("Window reports")
struct WindowReportTests {
  /// Squared gradient norms are sent with the push and summed along the tree, in `Double`.
  @Test("reports do not depend on the order of arrival or on duplicate pushes")
  func order() throws {
    func reports(seed: UInt64?) throws -> [[WindowReport]] {
      var rehearsal = try Rehearsal(servers: 2, workers: 3, microbatches: 7, steps: 6)
      let random = CounterRandom(seed: seed ?? 0, purpose: .faults)
      var position = 0
      rehearsal.run(
        choose: { count in
          position += 1
          return seed == nil ? 0 : random.integer(0, position, below: count)
        }, repeats: { seed != nil && position.isMultiple(of: 3) })
      #expect(rehearsal.failures == [])
      return rehearsal.reports
    }
    let expected = try reports(seed: nil)
    #expect(expected.allSatisfy { $0.map(\.version) == [3, 6] })
    #expect(Self.groups(expected[0][1], count: 4).allSatisfy { $0.microbatchSquares > 0 })
    for seed in 1...100 as ClosedRange<UInt64> { #expect(try reports(seed: seed) == expected, "seed \(seed)") }
  }

  /// The same groups, whichever server holds them.
  @Test("reports do not depend on the number of servers")
  func servers() throws {
    func groups(_ servers: Int, workers: Int) throws -> [FilterWindow] {
      var rehearsal = try Rehearsal(servers: servers, workers: workers, microbatches: 5, steps: 4)
      rehearsal.run(choose: { _ in 0 })
      let shards = ShardMap(layout: Rehearsal.layout, serverCount: servers)
      return rehearsal.reports.enumerated().flatMap { rank, reports in
        Self.groups(reports[1], count: shards.segments(of: rank).reduce(0) { $0 + shards.loggedFilters(ofSegment: $1) })
      }
    }
    let expected = try groups(1, workers: 1)
    #expect(expected.count == 5)
    #expect(try groups(2, workers: 3) == expected)
    #expect(try groups(3, workers: 4) == expected)
  }

  /// The windows of the `count` filters at the front of a shard.
  private static func groups(_ report: WindowReport, count: Int) -> [FilterWindow] {
    let size = FilterWindow.doubleCount
    return (0..<count).map { index in
      let numbers = Buffer(Array(report.windows[index * size..<(index + 1) * size]))
      return withExtendedLifetime(numbers) { unsafe FilterWindow(from: numbers.start) }
    }
  }

  @Test("a report contains the last step, element by element, and the angle to the initial weights")
  func lastStep() throws {
    let layout = ParameterLayout([
      Parameter(
        layer: "w", shape: Shape(1, 2), role: .weight, group: .weights, invariance: .filter, initializer: .constant(1)),
      Parameter(layer: "n", shape: Shape(1), role: .gamma, group: .gammaBeta, initializer: .constant(2)),
      Parameter(layer: "n", shape: Shape(1), role: .runningVariance, group: .statistics, initializer: .constant(1)),
    ])
    let sgd = try TensorUpdate(rule: SGD())
    var shard = ParameterShard<Float>(
      slices: ShardMap(layout: layout, serverCount: 1).slices(of: 0), layout: layout,
      initial: InitialWeights(layout: layout, seed: 1), batch: 8, microbatches: 2,
      treatments: [
        layout.parameters[0]: .train(sgd, learningRate: 1), layout.parameters[1]: .train(sgd, learningRate: 0.5),
        layout.parameters[2]: .average(try RunningStatistics(retained: 0.75)),
      ], factor: { _ in 1 }, reportsAfter: { $0 == 2 })
    #expect(shard.loggedFilters(ofSegment: 0) == 1)
    // Gradients (1, 0), then (0, 1): the weights go from (1, 1) via (0, 1) to (0, 0), γ from 2 via 1.5 to 1.75.
    let first = shard.advance(along: Contribution(gradient: Buffer([8, 0, 8, 2]), tally: Tally()))
    #expect(first == nil)
    let last = shard.advance(along: Contribution(gradient: Buffer([0, 4, -4, 6]), tally: Tally(), squares: [40]))
    let report = try #require(last)
    let window = try #require(Self.groups(report, count: 1).first)
    #expect(window.microbatchSquares == 40 && window.steps == 2)
    // (0, 0.5) is an eighth of a turn from (1, 1), and so is (0, 1).
    for angle in [window.angleToInitial, window.cumulativeAngle] { #expect(abs(angle - .pi / 4) < 1e-15) }
    // γ: 1.5, its gradient −4/8, its update; the variance: 0.75 · 1 + 0.25 · 1, then the mean 6/2, then a quarter of
    // it.
    #expect(report.windows.suffix(6) == [1.5, -0.5, 0.25, 1, 3, 0.5])
  }

  @Test("squares add up, and count only if every microbatch sent them", arguments: [true, false])
  func squares(all: Bool) throws {
    var server = try ParameterServerTests.server()
    for leaf in 0..<2 { _ = server.handle(ParameterServerTests.push(1, step: 0, leaf: leaf)) }
    var reports: [WindowReport] = []
    for leaf in 0..<2 {
      let push = ParameterServerTests.Server.Push(
        step: 1, node: .init(start: leaf, count: 1), tally: Tally(), gradient: Buffer([1, 1, 1, 1]),
        squares: leaf == 0 || all ? [1, 2].map { $0 + 10 * Double(leaf) } : [])
      for case .report(let report) in server.handle(.push("a", badge: 1, generation: 1, push)) {
        reports.append(report)
      }
    }
    let groups = Self.groups(try #require(reports.first), count: 2)
    #expect(groups.map(\.microbatchSquares) == (all ? [12, 14] : [-1, -1]))
  }

  @Test("squares of a wrong number of filters are refused")
  func refuses() throws {
    var server = try ParameterServerTests.server()
    let push = ParameterServerTests.Server.Push(
      step: 0, node: .init(start: 0, count: 1), tally: Tally(), gradient: Buffer([0, 0, 0, 0]), squares: [1, 2, 3])
    #expect(
      ParameterServerTests.answers(server.handle(.push("a", badge: 1, generation: 1, push))) == [
        .refused("squared gradients of 3 filters for a segment that logs 2, or none")
      ])
  }
}
