import CKernels
import Foundation
package import Parameters

extension RuleConstant {
  package static let clip = RuleConstant("clip", "The longest gradient at unit norm (0 = any)", .notNegative)
}

/// Gradient descent on the sphere, filter by filter, with momentum: y = w/‖w‖, the gradient there
/// h = ‖w‖(I − yyᵀ)g, shortened to length `clip` if it is longer, then d = μτ − ηh, y ← y cos‖d‖ + (d/‖d‖) sin‖d‖, and
/// τ ← d cos‖d‖ − y‖d‖ sin‖d‖, which is d carried along to the new y. τ = 0 at the start.
///
/// The weights keep their length, which a filter of zeros has too. So no penalty has a meaning, and both are refused.
/// The step is homogeneous where it is short beside 1 rad and, with `clip`, for gradients 1/α as long at weights α times
/// as long, as they are before a normalization. Tensors that are not scale-invariant are trained with momentum.
///
/// - Source: Cho and Lee 2017, arXiv:1709.09603, Algorithm 3; its regularization of layers is left out.
package struct RiemannianSGD: UpdateRule {
  package static let name = "riemannian-sgd"
  package static let defaults = RuleDefaults(learningRate: 0.02, [.momentum: 0.9, .clip: 0], l2: 0)
  package static var takesL2: Bool { false }
  package static var takesWeightDecay: Bool { false }
  package static var requiresFilterInvariance: Bool { true }
  package static var passes: Int { 3 }
  private static let tangent = RowKernel<tare_tangent_parameters>(named: "tangent")
  private static let rotate = RowKernel<tare_rotate_parameters>(named: "rotate")

  /// What trains the tensors that are not scale-invariant, with the same μ.
  private let momentum: Momentum
  /// The longest h; 0 for any.
  package let clip: Double

  package init(_ parameters: RuleParameters) throws(RuleError) {
    momentum = try Momentum(parameters)
    clip = try parameters.value(.clip)
  }

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 1, inWeights: 2) }
  package var stateNames: [String] { ["momentum"] }
  package var momentumGain: Double { momentum.momentumGain }
  package var forUnnormalized: any UpdateRule { momentum }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    let rotations = slice.summing { slice in
      Scalar.sumGradients(slice)
      let tangents = slice.filterSums.map { tangent($0, rate: step.learningRate) }
      Scalar.update(slice, with: Self.tangent, tangents, writes: .direction)
      return slice.filterSums.map(rotation)
    }
    Scalar.update(slice, with: Self.rotate, rotations)
  }

  /// d as a sum of w, g and τ.
  private func tangent(_ sums: FilterSums, rate: Double) -> tare_tangent_parameters {
    guard sums.w2 > 0 else { return .init(weight: 0, gradient: 0, state: 0) }
    let norm = sums.w2.squareRoot()
    let length = max(0, sums.w2 * sums.g2 - sums.wg * sums.wg).squareRoot()
    let rate = clip > 0 && length > clip ? rate * clip / length : rate
    return .init(weight: rate * sums.wg / norm, gradient: -rate * norm, state: momentum.momentum)
  }

  /// The new w as a sum of w and d, then the new τ as one. What rounding left of d along w is taken out.
  private func rotation(_ sums: FilterSums) -> tare_rotate_parameters {
    guard sums.w2 > 0 else { return .init(weight: 1, direction: 0, state_weight: 0, state_direction: 0) }
    let norm = sums.w2.squareRoot()
    let along = sums.wd / sums.w2
    let angle = max(0, sums.d2 - along * sums.wd).squareRoot()
    let (cosine, sine) = (cos(angle), sin(angle))
    let slope = norm * (angle == 0 ? 1 : sine / angle)
    return .init(
      weight: cosine - slope * along, direction: slope, state_weight: -cosine * along - angle * sine / norm,
      state_direction: cosine)
  }
}
