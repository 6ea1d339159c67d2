import Optimization
import Parameters
import TestSupport
import Testing

/// Steps whose result is known without running them.
@Suite struct ClosedFormTests {
  @Test func firstStepOfAdamIsTheSignOfTheGradient() throws {
    let gradient = [3.0, -0.002, 1e5, -7]
    let tensor = try TrainedTensor(
      [1, -2, 0.5, 8], rule: UpdateRules.make(name: "adam", [.beta1: 0.8, .beta2: 0.99, .epsilon: 1e-30]))
    let start = tensor.weights
    tensor.step(gradient, learningRate: 0.125)
    for i in gradient.indices {
      #expect(abs(tensor.weights[i] - (start[i] - (gradient[i] > 0 ? 0.125 : -0.125))) < 1e-15 * abs(start[i]) * 8)
    }
  }

  /// w_T = w₀ − η Σₛ gₛ (1 − μ^{T−s+1})/(1 − μ): every gradient moves the weights by a geometric series.
  @Test(arguments: [0.0, 0.5, 0.9]) func momentumUnrolled(momentum: Double) throws {
    let gradients = (1...12).map { Double(($0 * 7) % 11) - 5 }
    let tensor = try TrainedTensor([2.0], rule: UpdateRules.make(name: "momentum", [.momentum: momentum]))
    for gradient in gradients { tensor.step([gradient], learningRate: 0.25) }
    var expected = 2.0
    for (s, gradient) in gradients.enumerated() {
      let series = (0..<(gradients.count - s)).reduce((sum: 0.0, term: 1.0)) { partial, _ in
        (partial.sum + partial.term, partial.term * momentum)
      }.sum
      expected -= 0.25 * gradient * series
    }
    #expect(abs(tensor.weights[0] - expected) < 1e-13 * 50)
  }

  /// Sutskever et al. write θ_{t+1} = θ_t + v_{t+1}, v_{t+1} = μ v_t − η ∇f(θ_t + μ v_t); the weights here are the
  /// points looked ahead to, w_t = θ_t + μ v_t.
  @Test func nesterovFollowsTheLookedAheadPoint() throws {
    let (momentum, rate, curvature) = (0.75, 0.0625, 3.0)
    let tensor = try TrainedTensor([1.0], rule: UpdateRules.make(name: "nesterov", [.momentum: momentum]))
    var (theta, velocity) = (1.0, 0.0)
    for _ in 0..<40 {
      tensor.step([curvature * tensor.weights[0]], learningRate: rate)
      velocity = momentum * velocity - rate * curvature * (theta + momentum * velocity)
      theta += velocity
      #expect(abs(tensor.weights[0] - (theta + momentum * velocity)) < 1e-14)
    }
  }

  /// On ½hw² gradient descent is w_t = (1 − ηh)^t w₀; powers of two make it exact.
  @Test func quadraticIsAGeometricSequence() throws {
    let tensor = try TrainedTensor([Float(1), -3], rule: SGD())
    for t in 1...20 {
      tensor.step(tensor.weights.map { 2 * $0 }, learningRate: 0.25)
      let factor = Float(sign: .plus, exponent: -t, significand: 1)
      #expect(tensor.weights == [factor, -3 * factor])
    }
  }

  /// ‖w′‖² = ‖w‖² a² (1 + Φ²‖ḡ‖²) for g ⟂ w, with a = 1 − 2ηλ, Φ = η/(a‖w‖²), ḡ = ‖w‖g; coupled and decoupled alike.
  @Test(arguments: [true, false]) func radiusLaw(coupled: Bool) throws {
    let (rate, decay) = (0.3, 0.125)
    let update = try TensorUpdate(rule: SGD(), l2: coupled ? decay / 2 : 0, weightDecay: coupled ? 0 : decay)
    let tensor = TrainedTensor([3.0, 4, 12, -1, 2], update: update)
    for step in 1...30 {
      let w = tensor.weights
      let squaredNorm = w.reduce(0) { $0 + $1 * $1 }
      let raw = w.indices.map { Double(($0 * 5 + step * 3) % 7) - 3 }
      let along = zip(raw, w).reduce(0) { $0 + $1.0 * $1.1 } / squaredNorm
      let g = zip(raw, w).map { $0 - along * $1 }
      tensor.step(g, learningRate: rate)
      let a = 1 - rate * decay
      let phi = rate / (a * squaredNorm)
      let unitGradient2 = squaredNorm * g.reduce(0) { $0 + $1 * $1 }
      let predicted = squaredNorm * a * a * (1 + phi * phi * unitGradient2)
      #expect(abs(tensor.weights.reduce(0) { $0 + $1 * $1 } / predicted - 1) < 1e-12)
    }
  }

  /// Decoupled decay never enters the optimizer state: with zero gradients weights shrink by 1 − η·weightDecay a step.
  /// Of LAMB the decay is part of its direction, AdamP and SGDP weaken it, and the sphere has none; they declare so.
  @Test(arguments: UpdateRules.names) func decoupledDecayIsBesideTheStep(rule name: String) throws {
    let rule = try UpdateRules.make(name: name)
    let isApart = rule.separateDecay(l2: 0, weightDecay: 0.5) != nil && type(of: rule).takesWeightDecay
    #expect(isApart || ["lamb", "adamp", "sgdp", "riemannian-sgd"].contains(name))
    guard isApart else { return }
    let update = try TensorUpdate(rule: rule, weightDecay: 0.5)
    let tensor = TrainedTensor([Float(8), -16], update: update)
    for _ in 0..<3 { tensor.step([0, 0], learningRate: 1) }
    #expect(tensor.weights == [1, -2])
    #expect(tensor.optimizerState.allSatisfy { $0 == [0, 0] })
  }

  @Test func coupledDecayIsTheGradientOfThePenalty() throws {
    // LARS measures g without the penalty, so that an explicit penalty is another gradient to it.
    for kind in UpdateRules.all where kind.takesL2 && kind.name != "lars" {
      let name = kind.name
      let rule = try UpdateRules.make(name: name)
      let penalized = try TrainedTensor([1.0, -0.5, 0.25], rule: rule, l2: 0.125)
      let explicit = try TrainedTensor([1.0, -0.5, 0.25], rule: rule)
      for _ in 0..<5 {
        penalized.step([0.5, 0.25, -1], learningRate: 0.5)
        explicit.step(zip([0.5, 0.25, -1], explicit.weights).map { $0 + 0.25 * $1 }, learningRate: 0.5)
        #expect(penalized.weights == explicit.weights, "\(name)")
      }
    }
  }

  @Test func runningStatisticsAverage() throws {
    let statistics = try RunningStatistics(retained: 0.75)
    let (old, new, sum) = (Buffer<Float>([4, 0, -8]), Buffer<Float>(count: 3), Buffer<Float>([8, 4, 16]))
    let slice = unsafe TensorSlice(
      old: old.start, updated: new.start, gradientSum: sum.start, gradientScale: 0.5, optimizerState: [], filters: 3,
      filterLength: 1)
    statistics.update(slice)
    #expect(new.values == [4, 0.5, -4])
    #expect(throws: RuleError.self) { try RunningStatistics(retained: 1) }
    // Two microbatches of the same value move it as far as two steps of one: from 0 to 1, then 1.5, on the way to 2.
    try RunningStatistics(retained: 0.5, microbatches: 2).update(slice)
    unsafe #expect(new.elements[1] == 1.5 && new.elements[2] == 4)
  }
}
