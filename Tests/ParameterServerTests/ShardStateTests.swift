import EffectiveLearningRate
import Optimization
import ParameterServer
import Parameters
import Testing

/// A shard that was interrupted and one that was not end with the same bits and report the same numbers.
@Suite("Shard state")
struct ShardStateTests {
  /// A tensor of each kind that a state must contain, the second one logged in groups of two filters.
  static let layout = ParameterLayout([
    Parameter(
      layer: "a", shape: Shape(5, 3), role: .weight, group: .weights, invariance: .filter,
      initializer: .heNormal(fanIn: 3)),
    Parameter(layer: "a", shape: Shape(5), role: .runningMean, group: .statistics, initializer: .constant(0)),
    Parameter(layer: "a", shape: Shape(5), role: .gamma, group: .gammaBeta, initializer: .constant(1)),
    Parameter(
      layer: "b", shape: Shape(4, 7), role: .weight, group: .weights, invariance: .groups(ofFilters: 2),
      initializer: .heNormal(fanIn: 7)),
    Parameter(layer: "c", shape: Shape(3, 2), role: .weight, group: .head, initializer: .uniform(fanIn: 2)),
  ])

  /// Windows end with versions 4, 8 and 12.
  static func shard<Scalar: KernelScalar>(_ rule: String, l2: Double = 0, seed: UInt64 = 3) throws
    -> ParameterShard<Scalar>
  {
    let update = try TensorUpdate(rule: UpdateRules.make(name: rule), l2: l2)
    let unnormalized = try TensorUpdate(rule: update.rule.forUnnormalized)
    return ParameterShard(
      slices: ShardMap(layout: layout, serverCount: 1).slices(of: 0), layout: layout,
      initial: InitialWeights(layout: layout, seed: seed), batch: 8, microbatches: 2,
      treatments: Dictionary(
        uniqueKeysWithValues: layout.parameters.map { parameter in
          switch parameter.group {
          case .statistics: (parameter, .average(RunningStatistics.half))
          case .weights: (parameter, .train(parameter.invariance == .filter ? update : unnormalized, learningRate: 0.1))
          case .gammaBeta, .head: (parameter, .train(unnormalized, learningRate: 0.05))
          }
        }), factor: { 1 / Double($0) }, reportsAfter: { $0.isMultiple(of: 4) })
  }

  /// Gradients are a formula of weights and version, so that any difference grows.
  static func advance<Scalar: KernelScalar>(
    _ shard: inout ParameterShard<Scalar>, to version: Int, _ reports: inout [WindowReport]
  ) {
    while shard.version < version {
      let weights = shard.weights(at: shard.version)?.values ?? []
      let gradient = weights.enumerated().map { index, weight in
        let phase = Scalar(shard.version + 1) * 0.37 + Scalar(index) * 1.7
        return weight * 0.3 + 4 * (phase - phase.rounded()) * 0.99
      }
      let squares = (0..<shard.loggedFilters(ofSegment: 0)).map { Double($0 + shard.version) }
      let tally = Tally(lossSum: 0.1 * Double(shard.version + 1), correct: shard.version, samples: 8)
      let total = Contribution(gradient: Buffer(gradient), tally: tally, squares: squares)
      if let report = shard.advance(along: total) { reports.append(report) }
    }
  }

  static func values<Scalar: KernelScalar>(_ shard: ParameterShard<Scalar>) -> [Scalar] {
    shard.weights(at: shard.version)?.values ?? []
  }

  static func resumes<Scalar: KernelScalar>(_ rule: String, l2: Double = 0, as _: Scalar.Type) throws {
    var straight: ParameterShard<Scalar> = try shard(rule, l2: l2)
    var expected: [WindowReport] = []
    advance(&straight, to: 12, &expected)
    #expect(expected.map(\.version) == [4, 8, 12] && expected.allSatisfy { $0.nonFinite == nil })
    // In the middle of a window, at its border, and before the first step.
    for stop in [0, 3, 4, 6] {
      var first: ParameterShard<Scalar> = try shard(rule, l2: l2)
      var reports: [WindowReport] = []
      advance(&first, to: stop, &reports)
      let state = first.state()
      #expect(state.version == stop && state.optimizerState.count == first.stateCount)
      #expect(state.windows.count == first.windowDoubles)
      let before = reports
      // The interrupted shard continues, which must not affect the saved state.
      advance(&first, to: 12, &reports)
      #expect(values(first) == values(straight) && reports == expected, "\(rule) undisturbed by a state at \(stop)")

      // A new server, and one that has advanced and rewinds.
      for var other in [try shard(rule, l2: l2), first] as [ParameterShard<Scalar>] {
        var reports = before
        other.restore(state)
        #expect(other.version == stop && other.weights(at: stop - 1) == nil)
        advance(&other, to: 12, &reports)
        #expect(values(other) == values(straight) && reports == expected, "\(rule) from \(stop)")
      }
    }
  }

  @Test("a restored shard continues with the same bits and reports, in Float and Double", arguments: UpdateRules.names)
  func resumes(rule: String) throws {
    try Self.resumes(rule, as: Float.self)
    try Self.resumes(rule, as: Double.self)
  }

  /// Here the exact laws hold, so that histories are fully populated.
  @Test(
    "a restored shard continues the predictions of the exact laws, with and without decay",
    arguments: ["sgd", "momentum"], [0, 0.05])
  func laws(rule: String, l2: Double) throws {
    try Self.resumes(rule, l2: l2, as: Double.self)
  }

  @Test("a restarted shard is equal to a new one", arguments: UpdateRules.names)
  func restarts(rule: String) throws {
    var shard: ParameterShard<Float> = try Self.shard(rule)
    var (first, second): ([WindowReport], [WindowReport]) = ([], [])
    let initial = Self.values(shard)
    Self.advance(&shard, to: 10, &first)
    let reached = Self.values(shard)
    shard.restart()
    #expect(shard.version == 0 && Self.values(shard) == initial && shard.weights(at: -1) == nil)
    Self.advance(&shard, to: 10, &second)
    #expect(first == second && Self.values(shard) == reached)
  }

  /// Adam keeps two tensors for each parameter: after one step (1 − β₁)g and (1 − β₂)g², at the tensor's place, and
  /// nothing for the running statistic.
  @Test("optimizer state is at its tensor's position, with zeros for a rule without state")
  func optimizerState() throws {
    var shard: ParameterShard<Double> = try Self.shard("adam")
    #expect(shard.stateCount == 2)
    let gradient = Buffer((0..<shard.count).map { Double($0 + 1) })
    _ = shard.advance(along: Contribution(gradient: gradient, tally: Tally()))
    let optimizerState = shard.state().optimizerState.map(\.values)
    for index in 0..<shard.count {
      let mean = Double(index + 1) / 8
      let isTrained = !(15..<20).contains(index)
      #expect(abs(optimizerState[0][index] - (isTrained ? 0.1 * mean : 0)) <= 1e-15 * mean)
      #expect(abs(optimizerState[1][index] - (isTrained ? 0.001 * mean * mean : 0)) <= 1e-15 * mean * mean)
    }
    let sgd: ParameterShard<Double> = try Self.shard("sgd")
    #expect(sgd.stateCount == 0 && sgd.state().optimizerState.isEmpty)
  }

  @Test("a restored state may contain any window values", arguments: [Double.nan, .infinity, -1e308, 1e-300])
  func strangeNumbers(value: Double) throws {
    var shard: ParameterShard<Float> = try Self.shard("sgd")
    var state = shard.state()
    state.windows = state.windows.map { _ in value }
    shard.restore(state)
    #expect(shard.state().windows.count == state.windows.count)
    var reports: [WindowReport] = []
    Self.advance(&shard, to: 8, &reports)
    #expect(reports.count == 2)
  }
}

extension RunningStatistics {
  fileprivate static let half: RunningStatistics = {
    guard let statistics = try? RunningStatistics(retained: 0.5) else { preconditionFailure("0.5 is a fraction") }
    return statistics
  }()
}
