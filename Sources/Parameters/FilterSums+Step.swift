import CKernels

extension FilterSums {
  private static let kernel = UpdateKernel<tare_sgd_parameters>(named: "sgd")

  /// The sums of the step that leads from `old` to `new`, one for each filter; g stands for the new weights.
  ///
  /// Some filters at a time, so that the new weights that the kernel writes take little memory and stay in the cache.
  package static func ofStep<Scalar: KernelScalar>(
    from old: UnsafePointer<Scalar>, to new: UnsafePointer<Scalar>, filters: Int, filterLength: Int
  ) -> [FilterSums] {
    var sums = [FilterSums](repeating: FilterSums(), count: filters)
    let most = min(filters, max(1, (1 << 14) / max(filterLength, 1)))
    let scratch = Buffer<Scalar>(count: most * filterLength)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      for first in stride(from: 0, to: filters, by: max(most, 1)) {
        let start = first * filterLength
        let slice = unsafe TensorSlice(
          old: old + start, updated: scratch.start, gradientSum: new + start, gradientScale: 1, optimizerState: [],
          filters: min(most, filters - first), filterLength: filterLength,
          sums: sums.baseAddress.map { unsafe $0 + first })
        // SGD's keep · w − rate · g with keep = 0 and rate = −1 is g.
        Scalar.update(slice, with: kernel, .init(rate: -1, penalty: 0, keep: 0))
      }
    }
    return sums
  }
}
