import Optimization
import Parameters
import TestSupport

/// What a rule's declared degrees promise, in every bit: started from weights α times as long, with η α^p times as
/// large and penalties and ε scaled along, it visits the same directions. With another power it does not.
struct HomogeneityProof {
  let kind: any UpdateRule.Type
  var l2 = 0.0
  var weightDecay = 0.0

  /// Whether weights that began α times as long end α times as long when η is multiplied by α^(p + `offset`).
  func holds<Scalar: KernelScalar>(_: Scalar.Type, alpha: Scalar, offset: Int) throws -> Bool {
    let short = try run(Scalar.self, scale: 1, offset: offset)
    let long = try run(Scalar.self, scale: alpha, offset: offset)
    return short.map { alpha * $0 } == long
  }

  /// 50 steps of three filters on the scale-invariant loss Σ aᵢ uᵢ + ½ Σ bᵢ uᵢ², u = w_f/‖w_f‖.
  private func run<Scalar: KernelScalar>(_: Scalar.Type, scale: Scalar, offset: Int) throws -> [Scalar] {
    let alpha = Double(scale)
    var constants = kind.defaults.parameters
    if constants[.epsilon] != nil { constants[.epsilon] = 0x1p-20 / alpha }
    let rule = try kind.init(constants)
    let update = try TensorUpdate(
      rule: rule, l2: l2 / (alpha * alpha), weightDecay: weightDecay / power(alpha, rule.weightDecayExponent))
    let (filters, length) = (3, 8)
    let start = (0..<(filters * length)).map { scale * Scalar(($0 * 7) % 11 - 4) / 8 }
    let tensor = TrainedTensor(start, filterLength: length, update: update)
    for _ in 0..<50 {
      let w = tensor.weights
      let gradient = (0..<filters).flatMap { slope(w[($0 * length)..<(($0 + 1) * length)]) }
      tensor.step(gradient, learningRate: 0.0625 * power(alpha, rule.homogeneity.exponent + offset))
    }
    return tensor.weights
  }

  private func slope<Scalar: KernelScalar>(_ w: ArraySlice<Scalar>) -> [Scalar] {
    let norm = w.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let u = w.map { $0 / norm }
    let slope = u.enumerated().map { i, u in Scalar(i % 5) / 4 - 0.5 + Scalar(i % 3) * u }
    let along = zip(u, slope).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(u, slope).map { ($1 - along * $0) / norm }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<abs(exponent)).reduce(1) { product, _ in exponent > 0 ? product * base : product / base }
  }
}
