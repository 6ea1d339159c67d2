import Optimization
import Parameters
import Specification

extension RunSpec {
  /// The run that starts from weights scaled by α and should be the same in function space.
  ///
  /// The weights' η is multiplied by α^p, their λ by α⁻², decoupled decay so that η·decay stays, the rule's ε by 1/α
  /// and the normalization's by α²; everything else is unchanged. p is the rule's own unless given.
  ///
  /// - Parameter alpha: a power of two, so that nothing is rounded.
  func scaled(by alpha: Double, exponent: Int? = nil) throws -> RunSpec {
    let made = try optimizer.make()
    let weights = hyperparameters(of: .weights)
    var spec = self
    spec.initScale *= alpha
    spec.groups.weights.learningRate = (weights?.learningRate ?? 0) * power(exponent ?? made.homogeneity.exponent)
    spec.groups.weights.l2 = (weights?.l2 ?? 0) * power(-2)
    spec.groups.weights.weightDecay = (weights?.weightDecay ?? 0) * power(-made.weightDecayExponent)
    if let epsilon = weights?.epsilon { spec.groups.weights.epsilon = epsilon / alpha }
    if normalization.takesEpsilon { spec.normalizationEpsilon = normalizationSettings.epsilon * power(2) }
    return spec

    func power(_ exponent: Int) -> Double {
      (0..<abs(exponent)).reduce(1) { product, _ in exponent < 0 ? product / alpha : product * alpha }
    }
  }
}
