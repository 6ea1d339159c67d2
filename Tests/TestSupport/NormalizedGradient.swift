import CKernels
package import Optimization
package import Parameters

/// Gradient descent with each filter's gradient at unit length: w ← (1 − η·weightDecay) w − ηg/‖g‖.
///
/// Its step is orthogonal to scale-invariant weights, so without decay the momentum law holds with μ = 0.
package struct NormalizedGradient: UpdateRule {
  package static let name = "normalized-gradient"
  package static let defaults = RuleDefaults(learningRate: 0.01)
  package static var takesL2: Bool { false }
  private static let kernel = UpdateKernel<tare_sgd_parameters>(named: "sgd")

  package init(_ parameters: RuleParameters) throws(RuleError) {}

  package var homogeneity: Homogeneity { Homogeneity(inGradient: 0, inWeights: 0) }
  package var stateNames: [String] { [] }
  package var exactLaws: ExactLaws { ExactLaws(momentum: 0) }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
    for filter in 0..<slice.filters {
      let row = slice.filter(filter)
      var square = 0.0
      unsafe Scalar.squaredNorms(ofRows: row.gradientSum, into: &square, rows: 1, rowLength: row.filterLength)
      let norm = square.squareRoot() * Double(row.gradientScale)
      let rate = norm > 0 ? step.learningRate / norm : 0
      Scalar.update(row, with: Self.kernel, .init(rate: rate, penalty: 0, keep: step.keep))
    }
  }
}
