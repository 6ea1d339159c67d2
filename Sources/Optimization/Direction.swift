import CKernels
import Parameters

// Rules that need numbers of a whole filter or layer take two passes. The first writes a direction p where the new
// weights will be and sums over each filter; from the sums come factors, and the second pass makes weights of p. Each pass
// leaves in the slice's sums what the next one doesn't change.

private let combine = RowKernel<tare_combine_parameters>(named: "combine")

extension TensorSlice {
  /// Calls `body` with a slice that has sums in any case, and no norms or projection, which belong to the last pass.
  func summing<Result>(_ body: (TensorSlice) -> Result) -> Result {
    if let sums = unsafe sums { return body(unsafe with(sums: sums)) }
    var sums = [FilterSums](repeating: FilterSums(), count: filters)
    return unsafe sums.withUnsafeMutableBufferPointer { sums in
      body(unsafe with(sums: sums.baseAddress))
    }
  }

  /// What the passes so far have left in the sums.
  var filterSums: [FilterSums] {
    unsafe Array(UnsafeBufferPointer(start: sums, count: sums == nil ? 0 : filters))
  }
}

extension KernelScalar {
  /// Lets `kernel` write a direction to `slice.updated`.
  ///
  /// - Returns: what it saw of each filter, with p in place of d.
  static func direction<Parameters>(
    _ slice: TensorSlice<Self>, with kernel: UpdateKernel<Parameters>, _ parameters: Parameters
  ) -> [FilterSums] {
    slice.summing { slice in
      update(slice, with: kernel, parameters, writes: .direction)
      return slice.filterSums
    }
  }

  /// Makes new weights of the direction in `slice.updated`, filter by filter, and writes the sums of the whole step.
  static func combine(_ slice: TensorSlice<Self>, _ filters: [tare_combine_parameters]) {
    update(slice, with: Optimization.combine, filters)
  }
}
