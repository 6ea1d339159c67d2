import Optimization
import Parameters
import TestSupport
import Testing

/// The declaration that the effective rate η/‖w‖^p follows from, for every rule there is.
@Suite struct HomogeneityTests {
  /// Some that the literature gives. For every rule, the proofs below check what it declares.
  static let exponents = [
    "sgd": 2, "momentum": 2, "nesterov": 2, "rmsprop": 1, "adam": 1, "adamw": 1, "signsgd": 1, "lion": 1, "lars": 0,
    "lamb": 0, "adamp": 1, "sgdp": 2, "riemannian-sgd": 0,
  ]

  @Test(arguments: exponents.keys.sorted()) func exponent(name: String) throws {
    #expect(try UpdateRules.make(name: name).homogeneity.exponent == Self.exponents[name])
  }

  @Test(arguments: UpdateRules.names) func mappedRunsCoincide(name: String) throws {
    let kind = try #require(UpdateRules.all.first { $0.name == name })
    var proofs = [HomogeneityProof(kind: kind)]
    if kind.takesL2 { proofs.append(HomogeneityProof(kind: kind, l2: 0.125)) }
    if kind.takesWeightDecay { proofs.append(HomogeneityProof(kind: kind, weightDecay: 0.25)) }
    for proof in proofs {
      for offset in [-1, 0, 1] {
        for alpha in [4, 0.5] {
          #expect(
            try proof.holds(Float.self, alpha: Float(alpha), offset: offset) == (offset == 0), "\(proof) \(offset)")
          #expect(try proof.holds(Double.self, alpha: alpha, offset: offset) == (offset == 0), "\(proof) \(offset)")
        }
      }
    }
  }

  /// d(αw, cg) = αᵇ cᵃ d(w, g), each degree by itself, on one short step.
  @Test(arguments: UpdateRules.names) func degrees(name: String) throws {
    var constants = RuleParameters()
    constants[.epsilon] = 1e-12
    let rule = try UpdateRules.make(name: name, constants)
    func step(_ alpha: Double, _ c: Double) throws -> [Double] {
      let start = [3, -1, 2, 5].map { alpha * $0 }
      let tensor = try TrainedTensor(start, filterLength: 2, rule: rule)
      tensor.step([1, 3, -5, 2].map { c * $0 }, learningRate: 0x1p-16)
      return zip(tensor.weights, start).map { $0 - $1 }
    }
    let (a, b) = (rule.homogeneity.inGradient, rule.homogeneity.inWeights)
    let (plain, longer, steeper) = (try step(1, 1), try step(4, 1), try step(1, 2))
    for i in plain.indices {
      let (byLength, bySlope) = ([1.0, 4, 16][b], [1.0, 2][a])
      #expect(abs(longer[i] - byLength * plain[i]) < 0.02 * abs(byLength * plain[i]), "\(name)")
      #expect(abs(steeper[i] - bySlope * plain[i]) < 0.02 * abs(bySlope * plain[i]), "\(name)")
    }
  }
}
