import EffectiveLearningRate
import Optimization
import Parameters
import TestSupport
import Testing

/// Predictions against simulated training: scale-invariant weights whose gradients are noise orthogonal to them.
@Suite struct EquilibriumTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let rule: String
    var learningRate = 0.1
    var l2 = 0.0
    var weightDecay = 0.0
    /// Accepted relative errors, those of the derivation's approximations.
    let angle: Double, norm: Double
    var testDescription: String { "\(rule), l2 \(l2), weightDecay \(weightDecay)" }
  }

  static let cases = [
    Case(rule: "sgd", l2: 0.025, angle: 0.005, norm: 0.005),
    Case(rule: "sgd", weightDecay: 0.05, angle: 0.005, norm: 0.005),
    Case(rule: "sgd", l2: 0.02, weightDecay: 0.5, angle: 0.005, norm: 0.005),
    Case(rule: "momentum", l2: 0.01, angle: 0.005, norm: 0.005),
    Case(rule: "momentum", weightDecay: 0.02, angle: 0.015, norm: 0.015),
    Case(rule: "nesterov", l2: 0.01, angle: 0.01, norm: 0.01),
    Case(rule: "nesterov", weightDecay: 0.02, angle: 0.015, norm: 0.015),
    Case(rule: "adamw", learningRate: 0.01, weightDecay: 0.1, angle: 0.01, norm: 0.015),
    Case(rule: "adam", learningRate: 0.01, l2: 0.005, angle: 0.01, norm: 0.01),
    Case(rule: "rmsprop", learningRate: 0.01, l2: 0.005, angle: 0.015, norm: 0.015),
    Case(rule: "signsgd", learningRate: 0.01, weightDecay: 0.1, angle: 0.015, norm: 0.015),
    Case(rule: "signsgd", learningRate: 0.01, l2: 0.005, angle: 0.015, norm: 0.015),
    Case(rule: "lion", learningRate: 0.01, weightDecay: 0.05, angle: 0.025, norm: 0.025),
  ]

  /// Decay in all its kinds, so weak that the memory of the optimizers is short beside the time constant.
  static let relaxations = [
    (rule: "sgd", rate: 0.1, l2: 0.005, decay: 0.0), ("momentum", 0.1, 0.0005, 0), ("momentum", 0.1, 0, 0.01),
    ("nesterov", 0.1, 0.0005, 0), ("adamw", 0.01, 0, 0.02), ("adam", 0.01, 0.001, 0), ("rmsprop", 0.01, 0.001, 0),
    ("signsgd", 0.01, 0, 0.02), ("signsgd", 0.01, 0.001, 0), ("lion", 0.01, 0, 0.02),
  ]

  /// After one time constant a departure of ‖w‖ has shrunk to 1/e. Two runs on the same noise, one from above and one
  /// from below the equilibrium, so that what both wander by cancels.
  @Test(arguments: relaxations) func timeConstant(rule name: String, rate: Double, l2: Double, decay: Double) throws {
    let length = 400
    let update = try TensorUpdate(rule: UpdateRules.make(name: name, [.beta2: 0.98]), l2: l2, weightDecay: decay)
    let rule = update.rule
    let conditions = EquilibriumConditions(
      learningRate: rate, coupledDecay: 2 * l2, decoupledDecay: decay, squaredUnitGradient: Double(length),
      liveWeights: Double(length))
    let equilibrium = try #require(rule.equilibrium(conditions))
    let random = CounterRandom(seed: 2, purpose: .probe)
    let start = noise(random, 0, 4 * length, isNormal: true)
    func norm(from size: Double) -> Double {
      let scale = size * equilibrium.norm / Double(length).squareRoot()
      let tensor = TrainedTensor(start.map { scale * $0 }, filterLength: length, update: update)
      for step in 1...Int(equilibrium.timeConstant) {
        let noise = noise(random, step, 4 * length, isNormal: isMadeOfSigns(name))
        tensor.step(orthogonal(noise, to: tensor.weights, length), learningRate: rate)
      }
      return tensor.weights.reduce(0) { $0 + $1 * $1 }.squareRoot() / 2
    }
    let departure = (norm(from: 1.05) - norm(from: 0.95)) / (0.1 * equilibrium.norm)
    #expect(abs(departure * 2.718281828459045 - 1) < 0.1, "\(departure * 2.718281828459045)")
  }

  @Test(arguments: cases) func predictionHolds(_ given: Case) throws {
    let (filters, length) = (2, 400)
    let rule = try UpdateRules.make(name: given.rule)
    let update = try TensorUpdate(rule: rule, l2: given.l2, weightDecay: given.weightDecay)
    let context = LayerContext(update: update, learningRate: given.learningRate, invariance: .filter)
    let random = CounterRandom(seed: 1, purpose: .probe)
    let tensor = TrainedTensor(
      (0..<(filters * length)).map { Double($0 % 7) - 3 }, filterLength: length, update: update)
    var windows = GroupWindows(invariance: .filter, filters: filters)
    var squaredNorms = 0.0

    let (burnIn, measured) = (8000, 8000)
    for step in 0..<(burnIn + measured) {
      let noise = noise(random, step, filters * length, isNormal: isMadeOfSigns(given.rule))
      let gradient = orthogonal(noise, to: tensor.weights, length)
      tensor.step(gradient, learningRate: given.learningRate)
      guard step >= burnIn else { continue }
      windows.add(tensor.sums)
      squaredNorms += tensor.sums.reduce(0) { $0 + $1.w2 } / Double(measured)
    }

    let angle = try #require(Metrics.headline(AngularUpdate.self, of: windows.windows, in: context))
    let predictedAngle = try #require(Metrics.headline(PredictedAngularUpdate.self, of: windows.windows, in: context))
    let predictedNorm = try #require(Metrics.headline(PredictedNorm.self, of: windows.windows, in: context))
    let drift = try #require(Metrics.headline(NormDrift.self, of: windows.windows, in: context))
    let (angleRatio, normRatio) = (angle / predictedAngle, squaredNorms.squareRoot() / predictedNorm)
    #expect(abs(angleRatio - 1) < given.angle, "angle \(angleRatio)")
    #expect(abs(normRatio - 1) < given.norm, "norm \(normRatio)")
    // The norm under Adam wanders so slowly that a window this long ends away from where it began.
    if rule.homogeneity.exponent == 2 { #expect(abs(drift) < 0.05) }
  }

  /// Rules whose predictions take gradients to be normal.
  private func isMadeOfSigns(_ rule: String) -> Bool { rule == "signsgd" || rule == "lion" }

  /// Numbers with mean 0 and variance 1; uniform ones are quicker.
  private func noise(_ random: CounterRandom, _ step: Int, _ count: Int, isNormal: Bool) -> [Double] {
    if isNormal { return (0..<count).map { random.normal(step, $0) } }
    var numbers = [Double](repeating: 0, count: count)
    let unit = 0x1p-31 * 3.0.squareRoot()
    for block in 0..<(count / 4) {
      let words = random.words(step, block)
      for lane in 0..<4 { numbers[4 * block + lane] = Double(Int32(bitPattern: words[lane])) * unit }
    }
    return numbers
  }

  /// The noise without its part along each filter, divided by the filter's norm.
  private func orthogonal(_ noise: [Double], to weights: [Double], _ length: Int) -> [Double] {
    var gradient = noise
    for start in stride(from: 0, to: weights.count, by: length) {
      var (squaredNorm, along) = (0.0, 0.0)
      for i in start..<(start + length) {
        squaredNorm += weights[i] * weights[i]
        along += weights[i] * gradient[i]
      }
      let norm = squaredNorm.squareRoot()
      for i in start..<(start + length) {
        gradient[i] = (gradient[i] - along / squaredNorm * weights[i]) / norm
      }
    }
    return gradient
  }

  @Test func undefinedWhereThereIsNone() throws {
    var sums = FilterSums()
    (sums.w2, sums.g2, sums.d2, sums.live) = (4, 1, 0.01, 10)
    var window = FilterWindow()
    window.add(sums)
    func prediction(
      _ rule: String = "momentum", l2: Double = 0.01, weightDecay: Double = 0, projection: Projection = .none,
      invariance: Parameter.ScaleInvariance = .filter, rate: Double = 0.1
    ) throws -> Equilibrium? {
      let update = try TensorUpdate(
        rule: UpdateRules.make(name: rule), projection: projection, l2: l2, weightDecay: weightDecay)
      return LayerContext(update: update, learningRate: rate, invariance: invariance).equilibrium(of: window)
    }
    #expect(try prediction() != nil)
    #expect(try prediction(l2: 0) == nil)
    #expect(try prediction(projection: .filter(radius: 1)) == nil)
    #expect(try prediction(invariance: .none) == nil)
    #expect(try prediction(weightDecay: 0.1) == nil, "both kinds of decay with momentum")
    #expect(try prediction("adam", weightDecay: 0.1) == nil, "both kinds of decay with Adam")
    #expect(try prediction(rate: 100) == nil, "decay that overshoots")
    window = FilterWindow()
    #expect(try prediction() == nil, "an empty window")
  }

  /// Ridges of constant angle: η·λ_d for the SGD family and AdamW, η²·λ_d for Adam with a coupled penalty.
  @Test(arguments: [("sgd", 1), ("momentum", 1), ("nesterov", 1), ("adam", 2)])
  func ridge(rule name: String, exponent: Int) throws {
    let rule = try UpdateRules.make(name: name)
    func angle(_ rate: Double, _ decay: Double) -> Double? {
      rule.equilibrium(
        EquilibriumConditions(
          learningRate: rate, coupledDecay: decay, decoupledDecay: 0, squaredUnitGradient: 9, liveWeights: 100))?.angle
    }
    let reference = try #require(angle(0.01, 0.04))
    #expect(abs(try #require(angle(0.02, exponent == 1 ? 0.02 : 0.01)) / reference - 1) < 1e-12)
    #expect(abs(try #require(angle(0.02, exponent == 1 ? 0.01 : 0.02)) / reference - 1) > 0.1)
  }
}
