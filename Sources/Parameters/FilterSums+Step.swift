import CKernels

extension FilterSums {
  private static let kernel = UpdateKernel<tare_sgd_parameters>(named: "sgd")

  /// The sums of the step that leads from `old` to `new`, one for each filter; g stands for the new weights.
  ///
  /// - Parameter scratch: as many elements as the weights, overwritten.
  package static func ofStep<Scalar: KernelScalar>(
    from old: UnsafePointer<Scalar>, to new: UnsafePointer<Scalar>, filters: Int, filterLength: Int,
    scratch: UnsafeMutablePointer<Scalar>
  ) -> [FilterSums] {
    var sums = [FilterSums](repeating: FilterSums(), count: filters)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      let slice = unsafe TensorSlice(
        old: old, updated: scratch, gradientSum: new, gradientScale: 1, optimizerState: [], filters: filters,
        filterLength: filterLength, sums: sums.baseAddress)
      // SGD's keep · w − rate · g with keep = 0 and rate = −1 is g.
      Scalar.update(slice, with: kernel, .init(rate: -1, penalty: 0, keep: 0))
    }
    return sums
  }
}
