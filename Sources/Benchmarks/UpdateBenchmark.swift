import EffectiveLearningRate
package import Optimization
import Parameters

/// The server's update of one large tensor in one thread, with and without what the metrics cost in every step (sums
/// over the weights and the windows of all groups), beside the memory bandwidth of an addition of the same length.
package struct UpdateBenchmark {
  package struct Findings: Hashable, Sendable, Codable {
    package let parameters: Int
    package let rule: String
    package let withMetrics: Pass
    package let withoutMetrics: Pass
    package let add: Pass

    /// What the metrics make of the update's time.
    package var metricsRatio: Double { withMetrics.milliseconds.median / withoutMetrics.milliseconds.median }
  }

  package struct Pass: Hashable, Sendable, Codable {
    package let milliseconds: MeasuredValue
    /// Bytes that must move (operands read, results written), by the median time.
    package let gigabytesPerSecond: Double
  }

  /// What is measured.
  package struct Subject: Sendable {
    package let parameters: Int
    package let rule: any UpdateRule.Type
    package let projection: Projection

    package init(_ parameters: Int, _ rule: any UpdateRule.Type, _ projection: Projection = .none) {
      (self.parameters, self.rule, self.projection) = (parameters, rule, projection)
    }

    package var title: String {
      switch projection {
      case .none: rule.name
      case .filter: "\(rule.name), projected by filter"
      case .layer: "\(rule.name), projected by layer"
      }
    }

    /// Every rule and projection.
    package static func all(_ parameters: Int) -> [Subject] {
      UpdateRules.all.map { Subject(parameters, $0) }
        + [.filter(radius: 1), .layer(radius: 1)].map { Subject(parameters, Momentum.self, $0) }
    }
  }

  /// Seconds of one measurement.
  package let seconds: Double
  package let rounds: Int

  package init(seconds: Double, rounds: Int) {
    self.seconds = seconds
    self.rounds = rounds
  }

  /// - Parameters:
  ///   - subject: its parameters are rounded down to whole filters of 3·3·256 weights.
  ///   - progress: told which part of the work is done.
  package func run(_ subject: Subject, progress: (Double) -> Void = { _ in }) throws -> Findings? {
    let filterLength = 2304
    let filters = subject.parameters / filterLength
    let count = filters * filterLength
    let rule = try UpdateRules.make(name: subject.rule.name)
    let update = try TensorUpdate(
      rule: rule, projection: subject.projection, l2: subject.rule.takesL2 ? 2.5e-4 : 0)
    var weights = [Buffer<Float>(count: count), Buffer(count: count)]
    let gradient = Buffer<Float>(count: count)
    let state = rule.stateNames.map { _ in Buffer<Float>(count: count) }
    for index in 0..<count {
      unsafe weights[0].start[index] = Float(index % 97) * 0x1p-10
      unsafe gradient.start[index] = Float(index % 89 - 44) * 0x1p-14
    }
    var windows = GroupWindows(invariance: .filter, filters: filters)

    func slice(_ sums: UnsafeMutablePointer<FilterSums>?) -> TensorSlice<Float> {
      unsafe TensorSlice(
        old: weights[0].start, updated: weights[1].start, gradientSum: gradient.start, gradientScale: 0x1p-7,
        optimizerState: state.map { unsafe $0.start }, filters: filters, filterLength: filterLength, sums: sums)
    }
    let rate = 1e-6
    func stepWithMetrics() {
      var sums = [FilterSums](repeating: FilterSums(), count: filters)
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        update.apply(to: unsafe slice(sums.baseAddress), step: 1, learningRate: rate)
      }
      windows.add(sums, in: StepConditions(update, learningRate: rate))
      weights.swapAt(0, 1)
    }
    func stepWithoutMetrics() {
      update.apply(to: slice(nil), step: 1, learningRate: rate)
      weights.swapAt(0, 1)
    }
    // Weights, gradient and state in, weights and state out. A number of the whole layer is known after one pass, and then
    // what it scales is read and written once more.
    let bytes = 12 + 8 * state.count + (update.scope == .layer ? 8 : 0)
    let bodies: [(bytes: Int, body: () -> Void)] = [
      (bytes, stepWithMetrics), (bytes, stepWithoutMetrics),
      (12, { unsafe Float.add(weights[0].start, gradient.start, into: weights[1].start, count: count) }),
    ]
    for (_, body) in bodies { body() }
    var measured = bodies.map { _ in Rounds() }
    for round in 0..<rounds {
      for index in bodies.indices { measured[index].measure { milliseconds(of: bodies[index].body) } }
      progress(Double(round + 1) / Double(rounds))
    }
    let passes = zip(bodies, measured).compactMap { body, rounds in
      rounds.measurement.map {
        Pass(milliseconds: $0, gigabytesPerSecond: Double(body.bytes * count) / $0.median * 1e-6)
      }
    }
    guard passes.count == 3 else { return nil }
    return Findings(
      parameters: count, rule: subject.title, withMetrics: passes[0], withoutMetrics: passes[1], add: passes[2])
  }

  private func milliseconds(of body: () -> Void) -> Double {
    let start = ContinuousClock.now
    var (calls, elapsed) = (0.0, 0.0)
    repeat {
      body()
      calls += 1
      elapsed = start.duration(to: .now).seconds
    } while elapsed < seconds
    return elapsed / calls * 1000
  }
}
