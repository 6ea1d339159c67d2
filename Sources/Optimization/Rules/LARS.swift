import CKernels
package import Parameters

extension RuleConstant {
  package static let trustCoefficient = RuleConstant(
    "trustCoefficient", "The step's length in units of ‖w‖", .positive)
}

/// LARS: the layer's local rate r = trustCoefficient · ‖w‖/(‖g‖ + 2λ‖w‖), then v ← μv + ηr (g + 2λw) and
/// w ← (1 − η·weightDecay) w − v, with v = 0 at the start and norms over the whole layer. Where ‖w‖ or ‖g‖ is 0, r is 1.
///
/// Implementations differ in where η and r stand. Here, as in the paper, v collects steps, so that a rate that changes
/// leaves older steps as they were; where an optimizer such as PyTorch's `SGD` is wrapped (NVIDIA's LARC), v collects
/// gradients multiplied by r, which differs once η changes.
///
/// - Source: You, Gitman and Ginsburg 2017, arXiv:1708.03888, Algorithm 1.
package struct LARS: UpdateRule {
  package static let name = "lars"
  package static let defaults = RuleDefaults(learningRate: 1, [.momentum: 0.9, .trustCoefficient: 0.001])
  private static let kernel = UpdateKernel<tare_lars_parameters>(named: "lars")

  /// μ
  package let momentum: Double
  package let trustCoefficient: Double

  package init(_ parameters: RuleParameters) throws(RuleError) {
    momentum = try parameters.value(.momentum)
    trustCoefficient = try parameters.value(.trustCoefficient)
  }

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 0, inWeights: 1) }
  package var scope: Scope { .layer }
  package var stateNames: [String] { ["momentum"] }
  package var momentumGain: Double { 1 / (1 - momentum) }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    let weightNorm = unsafe norm(of: slice.old, slice)
    let gradientNorm = unsafe norm(of: slice.gradientSum, slice) * Double(slice.gradientScale)
    let local =
      weightNorm == 0 || gradientNorm == 0
      ? 1 : trustCoefficient * weightNorm / (gradientNorm + step.penalty * weightNorm)
    Scalar.update(
      slice, with: Self.kernel,
      .init(rate: step.learningRate * local, penalty: step.penalty, keep: step.keep, momentum: momentum))
  }

  /// Of the whole layer, from those of its filters in order.
  private func norm<Scalar: KernelScalar>(of elements: UnsafePointer<Scalar>, _ slice: TensorSlice<Scalar>) -> Double {
    let squares = unsafe Scalar.squaredNorms(
      ofRows: elements, rows: slice.filters, rowLength: slice.filterLength, on: slice.threads)
    return squares.reduce(0, +).squareRoot()
  }
}
