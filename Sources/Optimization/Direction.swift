import CKernels
import Parameters

// Rules that need numbers of a whole filter or layer take two passes. The first writes a direction p where the new
// weights will be and sums over each filter; from the sums come factors, and the second pass makes weights of p.

private let combine = RowKernel<tare_combine_parameters>(named: "combine")

extension KernelScalar {
  /// Lets `kernel` write a direction to `slice.updated`.
  ///
  /// - Returns: what it saw of each filter, with p in place of d.
  static func direction<Parameters>(
    _ slice: TensorSlice<Self>, with kernel: UpdateKernel<Parameters>, _ parameters: Parameters
  ) -> [FilterSums] {
    summed(slice) { update($0, with: kernel, parameters, writes: .direction) }
  }

  /// The same with the parameters of each filter.
  static func direction<Parameters>(
    _ slice: TensorSlice<Self>, with kernel: RowKernel<Parameters>, _ parameters: [Parameters]
  ) -> [FilterSums] {
    summed(slice) { update($0, with: kernel, parameters, writes: .direction) }
  }

  /// Makes new weights of the direction in `slice.updated`, filter by filter, and writes the sums of the whole step.
  static func combine(_ slice: TensorSlice<Self>, _ filters: [tare_combine_parameters]) {
    update(slice, with: Optimization.combine, filters)
  }

  private static func summed(_ slice: TensorSlice<Self>, by pass: (TensorSlice<Self>) -> Void) -> [FilterSums] {
    var sums = [FilterSums](repeating: FilterSums(), count: slice.filters)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      pass(unsafe slice.with(sums: sums.baseAddress))
    }
    return sums
  }
}
