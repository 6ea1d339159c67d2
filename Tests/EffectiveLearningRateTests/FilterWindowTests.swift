import EffectiveLearningRate
import Foundation
import Optimization
import Parameters
import TestSupport
import Testing

@Suite struct FilterWindowTests {
  private func sums(of w: [Double], _ d: [Double]) -> FilterSums {
    var sums = FilterSums()
    sums.w2 = zip(w, w).reduce(0) { $0 + $1.0 * $1.1 }
    sums.d2 = zip(d, d).reduce(0) { $0 + $1.0 * $1.1 }
    sums.wd = zip(w, d).reduce(0) { $0 + $1.0 * $1.1 }
    return sums
  }

  /// The angle computed the long way, as 2 atan2(‖u − v‖, ‖u + v‖) of the unit vectors (Kahan), u and v explicit.
  private func directAngle(_ w: [Double], _ d: [Double]) -> Double {
    let after = zip(w, d).map { $0 + $1 }
    func length(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let (a, b) = (length(w), length(after))
    let (u, v) = (w.map { $0 / a }, after.map { $0 / b })
    return 2 * atan2(length(zip(u, v).map { $0 - $1 }), length(zip(u, v).map { $0 + $1 }))
  }

  @Test(arguments: [1e-9, 1e-6, 1e-3, 0.3, 1, 4]) func angleOfAStep(size: Double) {
    let random = CounterRandom(seed: 5, purpose: .probe)
    for trial in 0..<20 {
      let w = (0..<64).map { random.normal(trial, $0) }
      let d = (0..<64).map { size * random.normal(trial + 100, $0) }
      let expected = directAngle(w, d)
      // u − v of unit vectors carries an error of a few 1e-16 in itself, whatever its length.
      #expect(abs(sums(of: w, d).angle - expected) < 1e-12 * expected + 1e-15)
    }
  }

  @Test func knownAngles() {
    #expect(sums(of: [1, 0], [0, 1]).angle == .pi / 4)
    #expect(sums(of: [2, 0], [-2, 2]).angle == .pi / 2)
    #expect(sums(of: [1, 0], [-3, 0]).angle == .pi)
    #expect(sums(of: [3, 4], [-1.5, -2]).angle == 0)
    // An arc cosine would give 0: 1 − cos is 5e-25.
    #expect(abs(sums(of: [1, 0], [0, 1e-12]).angle / 1e-12 - 1) < 1e-12)
  }

  /// d = −κw has no tangent; what the two sums leave of one is rounding.
  @Test(arguments: [1e-8, 5e-4, 6e-3, 0.3]) func decayAloneDoesNotRotate(share: Double) {
    let random = CounterRandom(seed: 6, purpose: .probe)
    for trial in 0..<200 {
      let w = (0..<75).map { random.normal(trial, $0) }
      let step = sums(of: w, w.map { $0 * -share })
      #expect(step.angle == 0)
      var window = FilterWindow()
      window.add(step)
      #expect(window.squaredTangentialUpdates == 0)
    }
  }

  /// Beside a decay of 10⁻³, a rotation of 10⁻⁹ is a step's tangent of 10⁻⁶ of its length: small, and no rounding.
  @Test func aSmallRotationBesideDecayIsSeen() {
    let step = sums(of: [1, 0], [-1e-3, 1e-9])
    #expect(abs(step.angle / (1e-9 / 0.999) - 1) < 1e-3)
  }

  @Test func accumulatesOverSteps() {
    var window = FilterWindow()
    var step = FilterSums()
    (step.w2, step.g2, step.wg, step.d2, step.wd, step.live) = (4, 9, -3, 0, 0, 7)
    window.add(step)
    (step.w2, step.g2, step.wg, step.d2, step.wd, step.live) = (1, 4, 0.5, 1, 0, 5)
    window.add(step)
    #expect(window.steps == 2 && window.turns == 2 && window.cosines == 2)
    #expect(window.weightNorm == 1 && window.gradientNorm == 2)
    #expect(window.liveWeights == 7)
    #expect(window.extremeCosine == -0.5 && window.squaredCosines == 0.25 + 0.0625)
    #expect(window.meanSquaredUnitGradient == 20)
    #expect(window.squaredAngles == (.pi / 4) * (.pi / 4) && window.squaredRelativeUpdates == 1)
    #expect(window.growth == 1 && window.squaredUpdates == 1)
  }

  @Test func zeroWeightsAndZeroGradientsAreCountedOut() {
    var window = FilterWindow()
    window.add(FilterSums())
    var noGradient = FilterSums()
    noGradient.w2 = 1
    window.add(noGradient)
    #expect(window.steps == 2 && window.turns == 1 && window.cosines == 0)
    #expect(window.squaredAngles == 0 && window.squaredCosines == 0)
  }

  @Test func travelsAsNumbers() throws {
    let numbers = Buffer((1...FilterWindow.doubleCount).map(Double.init))
    let window = unsafe FilterWindow(from: numbers.start)
    #expect(window.steps == 1 && window.weightNorm == 2)
    #expect(window.heldSquares == Double(FilterWindow.doubleCount), "the last property is the last number")
    #expect(Mirror(reflecting: window).children.allSatisfy { $0.value is Double }, "every property is one double")
    #expect(Mirror(reflecting: window).children.count == FilterWindow.doubleCount)
    let copy = Buffer<Double>(count: numbers.count)
    unsafe window.write(to: copy.start)
    #expect(copy.values == numbers.values)
  }

  @Test func anyNumbersCanBeRead() throws {
    let numbers = Buffer([Double](repeating: .nan, count: FilterWindow.doubleCount))
    let window = unsafe FilterWindow(from: numbers.start)
    let context = LayerContext(update: try TensorUpdate(rule: SGD(), l2: 0.1), learningRate: 1, invariance: .filter)
    _ = Metrics.rows(of: [window, window], in: context)
  }

  /// The whole tensor as one group: the sums of its filters added, whatever the tensor's cut into rows.
  @Test func aLayersGroupIsTheWholeTensor() throws {
    let weights = (0..<12).map { Double($0) - 4 }
    let gradient = (0..<12).map { Double(($0 * 5) % 7) - 3 }
    var windows: [FilterWindow] = []
    for length in [3, 12] {
      let tensor = try TrainedTensor(weights, filterLength: length, rule: SGD())
      var group = GroupWindows(invariance: .groups(ofFilters: 12 / length), filters: 12 / length)
      tensor.step(gradient, learningRate: 0.5)
      group.add(tensor.sums)
      #expect(group.windows.count == 1)
      windows += group.windows
    }
    #expect(windows[0] == windows[1])
  }

  /// Groups of two filters: sums of neighbors, added.
  @Test func aGroupIsARunOfFilters() {
    var group = GroupWindows(invariance: .groups(ofFilters: 2), filters: 6)
    var pairs = GroupWindows(invariance: .filter, filters: 3)
    func sums(_ norms: [Double]) -> [FilterSums] {
      norms.map { norm in
        var sums = FilterSums()
        (sums.w2, sums.g2, sums.d2) = (norm, 2 * norm, norm / 4)
        return sums
      }
    }
    group.add(sums([1, 2, 4, 8, 16, 32]))
    pairs.add(sums([3, 12, 48]))
    #expect(group.windows == pairs.windows)
  }

  @Test func resetBeginsANewWindow() {
    var group = GroupWindows(invariance: .filter, filters: 2)
    group.add([FilterSums(), FilterSums()])
    group.reset()
    #expect(group.windows == [FilterWindow(), FilterWindow()])
  }
}
