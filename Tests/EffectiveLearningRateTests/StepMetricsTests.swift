import EffectiveLearningRate
import Foundation
import Optimization
import Parameters
import TestSupport
import Testing

/// Metrics of a step on vectors small enough to do by hand.
@Suite struct StepMetricsTests {
  /// w = (3, 4), one step d = (−2, −1): ⟨u, d⟩ = −2, across it is 1 long.
  private func window(g: [Double] = [4, -3], m: [Double] = [0, 0], decay: StepConditions = .none) -> FilterWindow {
    let (w, d) = ([3.0, 4], [-2.0, -1])
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    var sums = FilterSums()
    (sums.w2, sums.d2, sums.wd, sums.live) = (dot(w, w), dot(d, d), dot(w, d), 2)
    (sums.g2, sums.wg, sums.m2, sums.wm) = (dot(g, g), dot(w, g), dot(m, m), dot(w, m))
    var window = FilterWindow()
    window.add(sums, in: decay)
    return window
  }

  private func context(_ rule: String = "sgd", l2: Double = 0, weightDecay: Double = 0) throws -> LayerContext {
    let update = try TensorUpdate(rule: UpdateRules.make(name: rule), l2: l2, weightDecay: weightDecay)
    return LayerContext(update: update, learningRate: 0.5, invariance: .filter)
  }

  private func number(_ metric: any GroupMetric.Type, _ window: FilterWindow, _ context: LayerContext) -> Double? {
    Metrics.headline(metric, of: [window], in: context)
  }

  @Test func split() throws {
    let context = try context(l2: 0.05, weightDecay: 0.1)
    let window = window(decay: context.conditions)
    #expect(number(RadialUpdate.self, window, context) == -2)
    #expect(number(TangentialUpdate.self, window, context) == 1)
    #expect(number(RadialEnergyFraction.self, window, context) == 0.8)
    #expect(number(UpdateNorm.self, window, context) == 5.0.squareRoot())
    // −η (2·0.05 + 0.1) ‖w‖ = −0.5, and −1.5 is left for the gradient.
    #expect(abs(try #require(number(RadialDecayUpdate.self, window, context)) + 0.5) < 1e-15)
    #expect(abs(try #require(number(RadialGradientUpdate.self, window, context)) + 1.5) < 1e-15)
    #expect(abs(try #require(number(CosWeightUpdate.self, window, context)) + 0.8.squareRoot()) < 1e-15)
    // 1/(‖w‖²‖g‖)
    #expect(number(EmpiricalEffectiveRate.self, window, context) == 1.0 / 125)
    #expect(number(SquaredUnitGradient.self, window, context) == 625)
  }

  /// A penalty that joins the gradient before a moving average or a sign cannot be told from it; decoupled decay always can.
  @Test(arguments: [("sgd", 0.1), ("momentum", 0.05), ("nesterov", 0.05), ("adam", 0.05), ("adamw", 0.05)])
  func decayPart(rule: String, decay: Double) throws {
    let l2 = UpdateRules.all.first { $0.name == rule }?.takesL2 == true ? 0.05 : 0
    let part = try #require(context(rule, l2: l2, weightDecay: 0.1).conditions.decay)
    #expect(abs(part - decay) < 1e-15)
  }

  /// What a run records for others to follow is the exact effective step, which plain SGD's decay lengthens: 1 − ηλ_d = 0.9.
  @Test func recordedRates() throws {
    func rates(_ rule: String, l2: Double = 0, weightDecay: Double = 0) throws -> [Double] {
      EffectiveRate.exactRates(
        of: [window(), FilterWindow()], in: try context(rule, l2: l2, weightDecay: weightDecay))
    }
    #expect(try rates("sgd") == [0.5 / 25, 0])
    #expect(abs(try rates("sgd", l2: 0.05, weightDecay: 0.1)[0] - 0.5 / (0.9 * 25)) < 1e-15)
    #expect(try rates("momentum", l2: 0.05, weightDecay: 0.1) == [0.5 / 25, 0])
    #expect(try rates("adamw", weightDecay: 0.1) == [0.5 / 5, 0])
  }

  /// The decay of these is scaled by numbers of the step.
  @Test(arguments: ["lamb", "adamp", "sgdp"]) func inseparableDecay(rule: String) throws {
    let context = try context(rule, weightDecay: 0.1)
    #expect(number(RadialDecayUpdate.self, window(), context) == nil)
    #expect(number(RadialGradientUpdate.self, window(), context) == nil)
    #expect(try self.context(rule).conditions.decay == 0)
  }

  @Test func cosineWithMomentum() throws {
    let context = try context("momentum")
    #expect(number(CosWeightMomentum.self, window(m: [-4, 3]), context) == 0)
    #expect(number(CosWeightMomentum.self, window(m: [-6, -8]), context) == -1)
    #expect(number(CosWeightMomentum.self, window(), context) == nil)
  }

  /// The kernel's sums over the optimizer state, against the state itself.
  @Test(arguments: ["momentum", "nesterov", "adam"]) func stateOfTheOptimizer(rule: String) throws {
    let random = CounterRandom(seed: 2, purpose: .probe)
    let tensor = TrainedTensor(
      (0..<66).map { Float(random.normal(0, $0)) }, filterLength: 33,
      update: try TensorUpdate(rule: UpdateRules.make(name: rule)))
    for step in 1...3 {
      let w = tensor.weights.map(Double.init)
      tensor.step((0..<66).map { Float(random.normal(step, $0)) }, learningRate: 0.1)
      let m = tensor.optimizerState[0].map(Double.init)
      for filter in 0..<2 {
        let range = 33 * filter..<33 * filter + 33
        let (m2, wm) = (range.reduce(0) { $0 + m[$1] * m[$1] }, range.reduce(0) { $0 + w[$1] * m[$1] })
        #expect(abs(tensor.sums[filter].m2 / m2 - 1) < 1e-14)
        #expect(abs(tensor.sums[filter].wm - wm) < 1e-13 * m2.squareRoot() * 33)
      }
    }
  }

  @Test func equilibriumFlagAndTimeConstant() throws {
    func window(growth: Double) -> FilterWindow {
      var sums = FilterSums()
      (sums.w2, sums.g2, sums.d2, sums.wd, sums.live) = (1, 1, 1, (growth - 1) / 2, 4)
      var window = FilterWindow()
      window.add(sums)
      return window
    }
    let context = try context(l2: 0.01, weightDecay: 0.03)
    for (growth, flag) in [(0.0625, 0.0), (0.051, 0), (0.049, 1), (0.03125, 1), (-0.049, 1), (-0.051, 0)] {
      #expect(number(InEquilibrium.self, window(growth: growth), context) == flag, "\(growth)")
    }
    #expect(number(InEquilibrium.self, FilterWindow(), context) == nil)
    // 1/(4 · 0.5 · 0.05)
    #expect(abs(try #require(number(EquilibriumTimeConstant.self, window(growth: 0), context)) - 10) < 1e-12)
    #expect(number(EquilibriumTimeConstant.self, window(growth: 0), try self.context()) == nil)
  }

  /// Quarter turns there and back: the way adds up, the distance does not.
  @Test func anglesSinceTheStart() throws {
    let path: [[Double]] = [[1, 0], [0, 2], [-1, 0], [0, 3], [0, 3]]
    var group = GroupWindows(invariance: .filter, filters: 1)
    for (from, to) in zip(path, path.dropFirst()) {
      let (old, new) = (Buffer(from), Buffer(to))
      group.add(
        unsafe FilterSums.ofStep(from: old.start, to: new.start, filters: 1, filterLength: 2))
    }
    let (first, last) = (Buffer(path[0]), Buffer(path[4]))
    group.close(
      unsafe FilterSums.ofStep(from: first.start, to: last.start, filters: 1, filterLength: 2)
        .map { FilterEnd(journey: $0) })
    let context = try context()
    #expect(abs(try #require(number(CumulativeAngle.self, group.windows[0], context)) - 1.5 * .pi) < 1e-15)
    #expect(number(AngleToInitial.self, group.windows[0], context) == .pi / 2)
    group.reset()
    group.add([FilterSums()])
    #expect(group.windows[0].cumulativeAngle > 4, "the next window goes on")
  }

  @Test func ratiosToPredictions() throws {
    let context = try context(l2: 0.05)
    let windows = [window()]
    let angle = try #require(Metrics.headline(AngularUpdate.self, of: windows, in: context))
    let predicted = try #require(Metrics.headline(PredictedAngularUpdate.self, of: windows, in: context))
    #expect(number(AngularUpdateRatio.self, windows[0], context) == angle / predicted)
    let norm = try #require(Metrics.headline(PredictedNorm.self, of: windows, in: context))
    #expect(number(NormRatio.self, windows[0], context) == 5 / norm)
    #expect(number(NormRatio.self, windows[0], try self.context()) == nil)
  }
}
