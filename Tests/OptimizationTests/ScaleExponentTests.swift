import Optimization
import Parameters
import TestSupport
import Testing

/// The statement behind η/‖w‖^p: started from weights four times as long, with η four to the power p times as large, a
/// rule visits the same directions, in every bit. With another power it does not.
@Suite struct ScaleExponentTests {
  static let cases: [(rule: String, l2: Double, weightDecay: Double)] = UpdateRules.names.flatMap { name in
    (name == "adamw" ? [] : [(name, 0.125, 0.0)]) + [(name, 0, 0.25), (name, 0, 0)]
  }

  @Test(arguments: cases) func mappedRunsCoincide(rule name: String, l2: Double, weightDecay: Double) throws {
    let response = try UpdateRules.make(name: name).gradientResponse
    #expect(response == (name.hasPrefix("adam") ? .blind : .proportional))
    for exponent in 0...3 {
      let short = try run(name, scale: 1, exponent: exponent, l2: l2, weightDecay: weightDecay)
      let long = try run(name, scale: 4, exponent: exponent, l2: l2, weightDecay: weightDecay)
      #expect((short.map { 4 * $0 } == long) == (exponent == response.exponent), "\(name) \(exponent)")
    }
  }

  /// 50 steps on the scale-invariant loss Σ aᵢ uᵢ + ½ Σ bᵢ uᵢ², u = w/‖w‖.
  private func run(_ name: String, scale: Float, exponent: Int, l2: Double, weightDecay: Double) throws -> [Float] {
    let alpha = Double(scale)
    let power = (0..<exponent).reduce(1) { product, _ in product * alpha }
    let rule = try UpdateRules.make(name: name, epsilon: 0x1p-20 / alpha)
    let update = try TensorUpdate(rule: rule, l2: l2 / (alpha * alpha), weightDecay: weightDecay / power)
    let tensor = TrainedTensor((0..<20).map { scale * Float(($0 * 7) % 11 - 4) / 8 }, update: update)
    for _ in 0..<50 {
      let w = tensor.weights
      let norm = w.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let u = w.map { $0 / norm }
      let slope = u.enumerated().map { i, u in Float(i % 5) / 4 - 0.5 + Float(i % 3) * u }
      let along = zip(u, slope).reduce(0) { $0 + $1.0 * $1.1 }
      tensor.step(zip(u, slope).map { ($1 - along * $0) / norm }, learningRate: 0.0625 * power)
    }
    return tensor.weights
  }
}
