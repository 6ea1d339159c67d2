import CKernels
package import Parameters

/// The running mean or variance of a normalization: r ← retained · r + (1 − retained) · mean.
///
/// The slice's `gradientSum` is the statistic summed over the M microbatches of a step and its `gradientScale` 1/M.
/// `retained` is the weight of the old value; PyTorch's `momentum` is 1 − retained.
///
/// PyTorch takes one such step for every batch that passes the layer. Here M microbatches pass at the same weights, so a
/// step retains its M-th power: the statistics then lag behind the weights by as few samples.
///
/// - Source: Ioffe and Szegedy 2015, arXiv:1502.03167, section 3.1.
package struct RunningStatistics: Hashable, Sendable {
  package let retained: Double
  private static let kernel = UpdateKernel<tare_sgd_parameters>(named: "sgd")

  /// - Parameter retained: the weight of the old value after one microbatch.
  package init(retained: Double = 0.9, microbatches: Int = 1) throws(RuleError) {
    try RuleError.check("retained", retained, .fraction)
    self.retained = power(retained, microbatches)
  }

  package func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>) {
    // SGD's keep · w − rate · g with keep = retained and rate = −(1 − retained).
    Scalar.update(slice, with: Self.kernel, .init(rate: retained - 1, penalty: 0, keep: retained))
  }
}
