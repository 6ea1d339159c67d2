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
  package static var passes: Int { 2 }
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
      var gradientState = [Double](repeating: 0, count: slice.filters)
      unsafe gradientState.withUnsafeMutableBufferPointer { products in
        guard let start = products.baseAddress else { return }
        unsafe Scalar.sumInputsAndState(slice, gradientState: start)
      }
      return zip(slice.filterSums, gradientState).map { rotation($0, gradientState: $1, rate: step.learningRate) }
    }
    Scalar.update(slice, with: Self.rotate, rotations)
  }

  /// The new w and the new τ as sums of w, g and τ. d = bg + cτ + rw, where r takes out what the others have along w, be it by
  /// rounding, so that ‖d‖² = b²‖g‖² + 2bc⟨g, τ⟩ + c²‖τ‖² − r²‖w‖².
  ///
  /// - Parameter gradientState: ⟨g, τ⟩
  private func rotation(_ sums: FilterSums, gradientState: Double, rate: Double) -> tare_rotate_parameters {
    guard sums.w2 > 0 else {
      return .init(weight: 0, gradient: 0, state: 0, state_weight: 0, state_gradient: 0, state_state: 0)
    }
    let norm = sums.w2.squareRoot()
    let length = max(0, sums.w2 * sums.g2 - sums.wg * sums.wg).squareRoot()
    let b = -norm * (clip > 0 && length > clip ? rate * clip / length : rate)
    let c = momentum.momentum
    let r = -(b * sums.wg + c * sums.wm) / sums.w2
    let square = b * b * sums.g2 + 2 * b * c * gradientState + c * c * sums.m2 - r * r * sums.w2
    let angle = max(0, square).squareRoot()
    let (cosine, sine, half) = (cos(angle), sin(angle), sin(angle / 2))
    let slope = norm * (angle == 0 ? 1 : sine / angle)
    return .init(
      weight: slope * r - 2 * half * half, gradient: slope * b, state: slope * c,
      state_weight: cosine * r - angle * sine / norm, state_gradient: cosine * b, state_state: cosine * c)
  }
}
