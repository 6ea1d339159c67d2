import Foundation
package import Optimization
import Parameters

/// The learning rate that would rotate the weights by the same angle if their norm were 1: η/‖w‖^p, where p follows
/// from how the rule's step scales with weights and gradients (`Homogeneity`).
///
/// A layer's number is the median over its scale-invariance groups, never η/‖W‖^p of the whole tensor. Rates with
/// different exponents are not comparable; the angular update is.
package enum EffectiveRate: GroupMetric {
  package static let definition = MetricDefinition(
    name: "effectiveLearningRate",
    definition: "η/‖w_f‖^p, quantiles over the scale-invariance groups f; p = 2 for rules whose step is proportional "
      + "to the gradient (SGD family), 1 for rules blind to its scale (Adam family), 0 for rules whose step is in units "
      + "of ‖w‖ (LARS, LAMB, the sphere); without momentum's factor",
    unit: "η/‖w‖^p", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    Statistic.quantiles(of: rates(of: windows, in: context))
  }

  /// The definition that applies to a rule, as printed next to the numbers.
  package static func formula(for homogeneity: Homogeneity) -> String {
    switch homogeneity.exponent {
    case 0: "η"
    case 1: "η/‖w‖"
    case 2: "η/‖w‖²"
    default: "η/‖w‖^\(homogeneity.exponent)"
    }
  }

  /// The rate of every group with w ≠ 0; none if the weights are not scale-invariant.
  static func rates(of windows: [FilterWindow], in context: LayerContext) -> [Double] {
    guard context.invariance != .none else { return [] }
    let exponent = Double(context.update.rule.homogeneity.exponent)
    return windows.indices.compactMap { group in
      let norm = windows[group].weightNorm
      return norm > 0 ? context.learningRate(of: group) / pow(norm, exponent) : nil
    }
  }

  /// The rate of every group, 0 for w = 0, including plain SGD's decay: η/(a‖w_f‖²), the exact effective step.
  package static func exactRates(of windows: [FilterWindow], in context: LayerContext) -> [Double] {
    let exponent = Double(context.update.rule.homogeneity.exponent)
    return windows.indices.map { group in
      let (norm, retained) = (windows[group].weightNorm, context.conditions(of: group).retained ?? 1)
      return norm > 0 ? context.learningRate(of: group) / (retained * pow(norm, exponent)) : 0
    }
  }
}

/// The effective rate with momentum's factor: (η/(1 − μ))/‖w‖^p, comparable between values of μ.
package enum EffectiveRateWithMomentum: GroupMetric {
  package static let definition = MetricDefinition(
    name: "effectiveLearningRateMomentum",
    definition: "effectiveLearningRate/(1 − μ), where μ is 0 for rules without momentum or with averaged gradients",
    unit: "η/‖w‖^p", source: "van Laarhoven 2017, arXiv:1706.05350", headline: .p50)

  package static func values(of windows: [FilterWindow], in context: LayerContext) -> [MetricValue] {
    let gain = context.update.rule.momentumGain
    return Statistic.quantiles(of: EffectiveRate.rates(of: windows, in: context).map { $0 * gain })
  }
}
