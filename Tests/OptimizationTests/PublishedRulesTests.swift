import Optimization
import Parameters
import TestSupport
import Testing

/// Every rule against its published recurrence.
@Suite struct PublishedRulesTests {
  /// How gradients lie to the weights, which decides what AdamP and SGDP project.
  enum Gradients: CaseIterable {
    case acrossFilters, acrossTheLayer, anywhere
  }

  @Test(arguments: UpdateRules.names, Gradients.allCases) func agrees(rule: String, gradients: Gradients) throws {
    let kind = try #require(UpdateRules.all.first { $0.name == rule })
    var penalties = [(l2: 0.0, decay: 0.0)]
    if kind.takesL2 { penalties.append((0.0625, 0)) }
    if kind.takesWeightDecay { penalties.append((0, 0.125)) }
    for (l2, decay) in penalties {
      try check(kind, gradients, Double.self, l2: l2, decay: decay, tolerance: 1e-12)
      try check(kind, gradients, Float.self, l2: l2, decay: decay, tolerance: 2e-5)
    }
  }

  @Test func clippedSphere() throws {
    try check(RiemannianSGD.self, .anywhere, Double.self, [.clip: 0.5], l2: 0, decay: 0, tolerance: 1e-12)
  }

  private func check<Scalar: KernelScalar>(
    _ kind: any UpdateRule.Type, _ gradients: Gradients, _: Scalar.Type, _ own: RuleParameters = [:], l2: Double,
    decay: Double, tolerance: Double
  ) throws {
    let (filters, length) = (3, 19)
    let start = (0..<filters).map { f in (0..<length).map { i in number((i + f * 31) * 7919, 257) } }
    let constants = own.filled(from: kind.defaults.parameters)
    var published = PublishedRules(start, constants)
    let update = try TensorUpdate(rule: kind.init(constants), l2: l2, weightDecay: decay)
    let tensor = TrainedTensor(start.joined().map { Scalar($0) }, filterLength: length, update: update)
    for (step, rate) in [0.1, 0.05, 0.2, 0.1, 0.025, 0.1].enumerated() {
      // A gradient that is exact in both types, so that both sides see the same.
      let g: [[Double]] = gradient(gradients, published.w, step).map { $0.map { Double(Float($0)) } }
      let isPublished = published.step(kind.name, g, rate: rate, l2: l2, decay: decay)
      try #require(
        isPublished, "add the published formula of \(kind.name) to PublishedRules.step, as a case of its name")
      tensor.step(g.joined().map { Scalar(4 * $0) }, scale: 0.25, learningRate: rate)
      for (weight, expected) in zip(tensor.weights, published.w.joined()) {
        #expect(
          abs(Double(weight) - expected) <= tolerance * max(1, abs(expected)),
          "\(kind.name) \(Scalar.self) l2 \(l2) decay \(decay) step \(step + 1)")
      }
    }
  }

  private func gradient(_ kind: Gradients, _ w: [[Double]], _ step: Int) -> [[Double]] {
    w.indices.map { f in
      let raw = w[f].indices.map { i in number((i + 23 * f) * 10472 + (step + 1) * 12997, 509) }
      let squaredNorm: Double = w[f].reduce(0) { $0 + $1 * $1 }
      let along: Double = zip(raw, w[f]).reduce(0) { $0 + $1.0 * $1.1 } / squaredNorm
      // Parts along the weights: none, such as add up to none, or in every filter.
      let wanted: Double =
        switch kind {
        case .acrossFilters: 0
        case .acrossTheLayer: [1, 1, -2][f] / squaredNorm
        case .anywhere: 0.5 + Double(f)
        }
      return zip(raw, w[f]).map { $0 + (wanted - along) * $1 }
    }
  }

  /// Irregular, in ±1.
  private func number(_ seed: Int, _ modulus: Int) -> Double { 2 * Double(seed % modulus) / Double(modulus - 1) - 1 }
}
